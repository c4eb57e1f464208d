// Brings the room in which somebody is into view where a bar of rooms is wider than the screen;
// without this script the bar begins at its first room.
(function () {
  "use strict";
  document.querySelectorAll(".header nav").forEach(function (bar) {
    var here = bar.querySelector("[aria-current]");
    if (!here || bar.scrollWidth <= bar.clientWidth) return;
    var shift = here.getBoundingClientRect().left - bar.getBoundingClientRect().left;
    bar.scrollLeft += shift - (bar.clientWidth - here.offsetWidth) / 2;
  });
})();
