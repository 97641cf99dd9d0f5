// Small comforts; every page works without this file.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "checkbox" || !box.checked) return;
  const question = box.closest(".question");
  for (const other of question ? question.querySelectorAll("input[type=checkbox]") : []) {
    if (other !== box && (box.dataset.alone !== undefined || other.dataset.alone !== undefined)) other.checked = false;
  }
});

// A second tap on a slow line sends nothing twice; where the line broke, the form can be sent again.
const sent = new WeakMap();
document.addEventListener("submit", (event) => {
  if (Date.now() - (sent.get(event.target) || 0) < 4000) event.preventDefault();
  else sent.set(event.target, Date.now());
});
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => sent.delete(form)));
