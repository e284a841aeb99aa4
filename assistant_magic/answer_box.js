// The answer box below a quiz's record: it sends what is typed or pressed, and shows what may be pressed next.
// What happened stands in the record, so this box holds nothing that has to be saved. Only a page that was reloaded hears
// no more of the record; there the box shows the lines that have come since.

const BUTTONS = ["answer", "hint", "show", "next", "stop"];

function render({ model, el }) {
  const form = document.createElement("form");
  form.className = "assistant-quiz";
  form.autocomplete = "off";
  const input = document.createElement("input");
  input.type = "text";
  input.spellcheck = false;
  const buttons = {};
  for (const name of BUTTONS) {
    const button = document.createElement("button");
    button.type = name === "answer" ? "submit" : "button";
    button.dataset.name = name;
    buttons[name] = button;
  }
  form.append(input, ...Object.values(buttons));
  const since = document.createElement("div");
  since.className = "assistant-quiz-since";
  since.setAttribute("role", "status");
  const known = model.get("state").lines.length;
  const isReloaded = model.get("state").changes > 0;
  el.append(since, form);

  const send = name => {
    for (const button of Object.values(buttons)) button.disabled = true;
    model.send({ name, text: input.value });
  };
  const draw = () => {
    const { words, can, number, lines } = model.get("state");
    if (isReloaded) since.textContent = lines.slice(known).join("\n");
    const isNew = form.dataset.number !== String(number);
    if (isNew) input.value = "";
    const isFirst = form.dataset.number === undefined;
    form.dataset.number = String(number);
    form.dataset.main = can.includes("answer") ? "answer" : "next";
    input.placeholder = words.box;
    input.setAttribute("aria-label", words.box);
    input.disabled = !can.includes("answer");
    for (const [name, button] of Object.entries(buttons)) {
      button.textContent = words[name];
      button.disabled = !can.includes(name);
      button.hidden = button.disabled && name === "show";
    }
    // Where the pupil goes on by keyboard; the page keeps the focus while the quiz only appears.
    if (isFirst) return;
    if (input.disabled) buttons.next.focus();
    else input.select();
  };
  form.addEventListener("submit", event => {
    event.preventDefault();
    if (input.value.trim() && !buttons.answer.disabled) send("answer");
  });
  form.addEventListener("click", event => {
    const name = event.target.dataset?.name;
    if (name && name !== "answer") send(name);
  });
  // The page's own shortcuts must not hear what is typed here.
  form.addEventListener("keydown", event => event.stopPropagation());
  model.on("change:state", draw);
  draw();
  return () => model.off("change:state", draw);
}

export default { render };
