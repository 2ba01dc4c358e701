"use strict";
// Copies commands. Without it the page is complete: the buttons stay hidden.
(function () {
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    var chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }

  function say(button, word) {
    button.textContent = word;
    window.setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }

  // The older way, for browsers that keep the clipboard from a file on disk.
  function older(button, code) {
    select(code);
    var done = false;
    try { done = document.execCommand("copy"); } catch (error) { done = false; }
    say(button, done ? "Copied" : "Selected");
  }

  document.querySelectorAll(".command").forEach(function (box) {
    var button = box.querySelector("button");
    var code = box.querySelector("code");
    button.hidden = false;
    button.addEventListener("click", function () {
      if (!navigator.clipboard) { older(button, code); return; }
      navigator.clipboard.writeText(code.textContent).then(
        function () { say(button, "Copied"); },
        function () { older(button, code); }
      );
    });
  });
})();
