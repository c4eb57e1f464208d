// Sends chosen files one by one, three at a time, and shows how far each one is. Without this
// script the form sends them all at once, and the server answers the same.
(function () {
  "use strict";
  var form = document.querySelector("form[data-upload]");
  var input = form && form.querySelector("input[type=file]");
  if (!input || !window.FormData || !window.XMLHttpRequest) return;
  var AT_ONCE = 3;
  var list = null;
  var status = document.createElement("p"); // one line is said aloud, not every bar
  var isBusy = false;
  status.setAttribute("role", "status");
  input.after(status);

  function line(file) {
    var item = document.createElement("li");
    var name = document.createElement("span");
    var bar = document.createElement("progress");
    var state = document.createElement("span");
    name.textContent = file.name + " ";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", form.dataset.sending + ": " + file.name);
    item.append(name, bar, " ", state);
    list.append(item);
    return { bar: bar, state: state };
  }

  function errorsIn(text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    return Array.from(page.querySelectorAll(".error-summary li"), function (item) {
      return item.textContent.trim();
    });
  }

  function send(file, done) {
    var shown = line(file);
    var data = new FormData(form);
    var request = new XMLHttpRequest();
    data.delete(input.name);
    data.append(input.name, file);
    data.set("go", "upload");
    request.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) return;
      shown.bar.value = Math.round((event.loaded / event.total) * 100);
    });
    function finish(errors) {
      shown.state.textContent = errors.length ? errors.join(" ") : form.dataset.sent;
      done(errors);
    }
    request.addEventListener("load", function () {
      shown.bar.value = 100;
      var isAnswer = request.status < 400 || request.status === 429;
      finish(isAnswer ? errorsIn(request.responseText) : [file.name + ": " + form.dataset.failed]);
    });
    request.addEventListener("error", function () {
      finish([file.name + ": " + form.dataset.failed]);
    });
    request.open("POST", form.getAttribute("action") || location.href);
    request.send(data);
  }

  function report(errors) {
    var box = document.createElement("div");
    var title = document.createElement("h2");
    var items = document.createElement("ul");
    var link = document.createElement("a");
    box.className = "error-summary";
    box.tabIndex = -1;
    box.setAttribute("role", "alert");
    title.textContent = form.dataset.problem;
    errors.forEach(function (text) {
      var item = document.createElement("li");
      item.textContent = text;
      items.append(item);
    });
    link.href = location.pathname;
    link.className = "button button--secondary";
    link.textContent = form.dataset.show;
    box.append(title, items);
    form.before(box);
    list.after(link);
    box.focus();
  }

  form.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (isBusy) return event.preventDefault();
    if (!input.files.length || (button && button.name === "remove")) return;
    event.preventDefault();
    var waiting = Array.from(input.files);
    var count = waiting.length;
    var ended = 0;
    var running = 0;
    var errors = [];
    isBusy = true;
    if (list) list.remove();
    list = document.createElement("ul");
    list.className = "plain";
    status.after(list);
    status.textContent = form.dataset.sending;

    function next() {
      if (!waiting.length && !running) {
        input.value = "";
        isBusy = false;
        if (errors.length) return report(errors);
        if (button && button.value !== "upload") return form.requestSubmit(button);
        return location.assign(location.pathname);
      }
      while (waiting.length && running < AT_ONCE) {
        running += 1;
        send(waiting.shift(), function (found) {
          running -= 1;
          ended += 1;
          errors = errors.concat(found);
          status.textContent = form.dataset.sent + ": " + ended + " / " + count;
          next();
        });
      }
    }
    next();
  });
})();
