// Without this script the link works like any other; with it the page is also taken out of the
// browser's list of visited pages, and Escape pressed three times does the same.
(function () {
  "use strict";
  var link = document.querySelector("a.quick-exit");
  if (!link) return;
  var presses = 0;
  var last = 0;

  function leave() {
    document.body.hidden = true;
    location.replace(link.href);
  }

  link.addEventListener("click", function (event) {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var now = Date.now();
    presses = now - last < 1500 ? presses + 1 : 1;
    last = now;
    if (presses >= 3) leave();
  });
})();
