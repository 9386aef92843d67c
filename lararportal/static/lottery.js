// The second party's secret is drawn here, in the browser, and never leaves it: only its SHA-256 is put into the form.
// Without this script the page tells how to draw one by hand.
"use strict";

const find = (name) => document.querySelector(`[data-${name}]`);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function draw() {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const commitment = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", secret)));
  const told = find("file-text").content.textContent;
  const text = told.replace("%SECRET%", hex(secret)).replace("%COMMITMENT%", commitment);
  find("secret").textContent = hex(secret);
  find("file").href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  find("commitment").value = commitment;
  // A form that came back with a fault would come back without the secret: let the browser ask for what is missing.
  find("commitment").form.noValidate = false;
  find("draw").hidden = true;
  find("drawn").hidden = false;
  find("drawn").focus();
}

if (window.crypto && window.crypto.subtle) {
  find("with-script").hidden = false;
  find("without-script").removeAttribute("open");
  find("draw").addEventListener("click", draw);
}
