// Sends a form with files and shows how far it is. When the line is lost or the server asks for
// something else, everything that was typed and chosen is still there. Without this script the
// browser sends the form itself, and the server answers the same.
(function () {
  "use strict";
  if (!window.FormData || !window.XMLHttpRequest || !window.DOMParser) return;
  var EVERY = 25; // percent between two things said aloud

  function progress(form) {
    var box = document.createElement("div");
    var bar = document.createElement("progress");
    var words = document.createElement("p");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", form.dataset.progress);
    words.setAttribute("role", "status");
    box.append(words, bar);
    form.after(box);
    words.textContent = form.dataset.progress;
    return {
      said: 0,
      at: function (percent) {
        bar.value = percent;
        if (percent - this.said < EVERY && percent < 100) return;
        this.said = percent;
        words.textContent = form.dataset.progress + ": " + percent + " %";
      },
      end: function () {
        box.remove();
      }
    };
  }

  function problem(form, text) {
    var held = document.getElementById("line-lost");
    var box = document.createElement("div");
    var words = document.createElement("p");
    if (held) held.remove();
    box.id = "line-lost";
    box.className = "error-summary";
    box.tabIndex = -1;
    box.setAttribute("role", "alert");
    words.textContent = text;
    box.append(words);
    form.before(box);
    box.focus();
  }

  // Puts what the server answered in place of the page, but keeps files that were not refused.
  function show(text, form) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var main = page.querySelector("main");
    var summary;
    if (!main) return false;
    form.querySelectorAll("input[type=file]").forEach(function (input) {
      var fresh = page.getElementById(input.id);
      if (fresh && fresh.type === "file" && !fresh.hasAttribute("aria-invalid")) {
        fresh.replaceWith(document.adoptNode(input));
      }
    });
    document.title = page.title;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    summary = document.querySelector(".error-summary, main [role=alert]") || main;
    summary.tabIndex = -1;
    summary.focus();
    return true;
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var inputs = form.querySelectorAll("input[type=file]");
    var button = event.submitter;
    var data, request, shown;
    if (!form.dataset.progress) return;
    if (form.dataset.busy) return event.preventDefault();
    if (!Array.prototype.some.call(inputs, function (item) { return item.files.length; })) return;
    event.preventDefault();
    form.dataset.busy = "yes";
    data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    shown = progress(form);
    request = new XMLHttpRequest();
    request.upload.addEventListener("progress", function (part) {
      if (part.lengthComputable) shown.at(Math.round((part.loaded / part.total) * 100));
    });
    function over() {
      delete form.dataset.busy;
      shown.end();
    }
    request.addEventListener("load", function () {
      var next = request.getResponseHeader("X-Go");
      if (next) return location.assign(next);
      over();
      if (!show(request.responseText, form)) problem(form, form.dataset.failed);
    });
    request.addEventListener("error", function () {
      over();
      problem(form, form.dataset.failed);
    });
    request.open("POST", form.getAttribute("action") || location.href);
    request.setRequestHeader("X-Sent-By", "script");
    request.send(data);
  });
})();
