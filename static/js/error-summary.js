// Puts the keyboard and the screen reader on the list of errors; without this script it is the
// first thing in the page all the same.
(function () {
  "use strict";
  var summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
})();
