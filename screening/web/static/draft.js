// The draft's editor works without this. It adds: two spaces for Tab, the caret at a line that a link names, and a
// question before leaving text that is not saved.
"use strict";
const text = document.getElementById("text");
const form = document.getElementById("edit");
const saved = text.value;
let leaving = false;

const startOf = (line) => text.value.split("\n").slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);

const grow = () => {
  if (!CSS.supports("field-sizing", "content")) text.rows = text.value.split("\n").length + 4;
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  const at = startOf(Number(link.dataset.line));
  // Following the link takes the focus away, so it is given after that.
  setTimeout(() => {
    text.setSelectionRange(at, at);
    text.focus({ preventScroll: true });
  });
});

document.getElementById("keys").hidden = false;

// Escape first lets Tab leave the field, so that nobody at a keyboard is caught in it.
let released = false;
text.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    released = true;
  } else if (event.key === "Tab" && !released && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (event.key !== "Tab") {
    released = false;
  }
});
text.addEventListener("input", grow);
form.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && text.value !== saved) event.preventDefault();
});
