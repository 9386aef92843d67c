// Sends what is said of one person as soon as it is said, keeps in the browser what did not arrive, and tries again.
// Without this script, or without a network, the form is sent as a whole.
"use strict";

const AGAIN_MS = 5000;
const form = document.querySelector("[data-attendance]");
const place = `attendance ${form.action}`;
const told = form.querySelector("[data-status]");
const waiting = JSON.parse(localStorage.getItem(place) || "{}");
let isSending = false;

const keep = () => {
  if (Object.keys(waiting).length) localStorage.setItem(place, JSON.stringify(waiting));
  else localStorage.removeItem(place);
};

const fields = (id) => ["state", "minutes", "was"].map((name) => form.elements[`${name}-${id}`]);

async function send() {
  const [id] = Object.keys(waiting);
  if (isSending || id === undefined) return;
  isSending = true;
  const said = waiting[id];
  told.textContent = form.dataset.sending;
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  body.set(`state-${id}`, said.state);
  body.set(`minutes-${id}`, said.minutes);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.redirected || [400, 401, 403].includes(answer.status)) {
      // Signed out meanwhile: nothing is sent any more before the page is opened anew, and what waits stays here.
      told.textContent = form.dataset.anew;
      return;
    }
    const found = await answer.json();
    const [state, minutes, was] = fields(id);
    if (answer.ok && was) {
      was.value = `${said.state} ${said.minutes}`.trim();
      state.closest("tr").querySelector("[data-noted]").textContent = `${form.dataset.saved}${found.at}`;
    }
    told.textContent = answer.ok ? `${form.dataset.saved}${found.at}` : found.refused;
    if (waiting[id] === said) delete waiting[id];
    keep();
    isSending = false;
    send();
  } catch {
    told.textContent = form.dataset.waiting;
    isSending = false;
  }
}

form.addEventListener("change", (event) => {
  const id = event.target.name.split("-")[1];
  const [state, minutes] = fields(id);
  if (!["late", "left_early"].includes(state.value)) minutes.value = "";
  if (!state.value) return;
  waiting[id] = { state: state.value, minutes: minutes.value };
  keep();
  send();
});
form.addEventListener("submit", () => localStorage.removeItem(place));
for (const [id, said] of Object.entries(waiting)) {
  const [state, minutes] = fields(id);
  if (state) [state.value, minutes.value] = [said.state, said.minutes];
  else delete waiting[id];
}
setInterval(send, AGAIN_MS);
window.addEventListener("online", send);
send();
