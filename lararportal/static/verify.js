/* Recomputes a lottery in the visitor's own browser. The page is whole without it, and holds every word it shows. */
"use strict";

(() => {
  const form = document.getElementById("verifier");
  if (!form) return;

  class Unreadable extends Error {}

  const utf8 = text => new TextEncoder().encode(text);
  const toHex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
  const tidy = digits => digits.replace(/\s/g, "").toLowerCase();

  function fromHex(text) {
    const digits = tidy(text);
    if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Unreadable();
    return Uint8Array.from(digits.match(/../g) ?? [], pair => parseInt(pair, 16));
  }

  function joined(parts) {
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  function lengthOf(bytes) {
    const four = new Uint8Array(4);
    new DataView(four.buffer).setUint32(0, bytes.length);
    return four;
  }

  const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

  async function hmac(secret, message) {
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
  }

  /* Each step answers with a verdict and, where there is one, the value that it came to. */
  const same = (found, published) => ({ verdict: found === tidy(published) ? "yes" : "no", value: found });
  const missing = { verdict: "missing" };

  async function commitment(secret, published) {
    return secret ? same(toHex(await sha256(fromHex(secret))), published) : missing;
  }

  async function seed(values) {
    if (!values.seed) return missing;
    const drawn = values.public_form === "text" ? utf8(values.public_value) : fromHex(values.public_value);
    const parts = [
      fromHex(values.portal_secret),
      fromHex(values.second_secret),
      drawn,
      utf8(values.term),
      fromHex(values.frozen_hash),
    ];
    const message = parts.flatMap(part => [lengthOf(part), part]);
    return same(toHex(await sha256(joined([utf8("lp-seed-1"), ...message]))), values.seed);
  }

  async function lot(values) {
    if (!values.pseudonym || !values.seed) return missing;
    const message = utf8(["lp-lot-1", values.term, "", values.pseudonym].join("\x1f"));
    const number = toHex((await hmac(fromHex(values.seed), message)).slice(0, 6));
    return values.lot ? same(number, values.lot) : { verdict: "reckoned", value: number };
  }

  async function line(values, file) {
    if (!values.line || !file) return missing;
    const found = toHex(await sha256(utf8(values.line)));
    const isMine = JSON.parse(values.line)[0] === values.pseudonym;
    return { verdict: isMine && file.lines.includes(found) ? "yes" : "no", value: found };
  }

  function published(values, file) {
    if (!file) return missing;
    const pairs = [
      [file.term, values.term],
      [file.portal.commitment, tidy(values.portal_commitment)],
      [file.portal.secret, tidy(values.portal_secret)],
      [file.second.commitment, tidy(values.second_commitment)],
      [file.second.secret, tidy(values.second_secret)],
      [file.public?.value, file.public?.form === "hex" ? tidy(values.public_value) : values.public_value],
      [file.frozen[0].hash, tidy(values.frozen_hash)],
      [file.seed, tidy(values.seed)],
    ];
    return { verdict: pairs.every(([told, shown]) => (told ?? "") === shown) ? "yes" : "no" };
  }

  async function fetched() {
    if (!form.dataset.file) return null;
    const answer = await fetch(form.dataset.file);
    if (!answer.ok) throw new Unreadable();
    return answer.json();
  }

  async function attempt(step) {
    try {
      return await step();
    } catch {
      return { verdict: "unreadable" };
    }
  }

  function show(name, { verdict, value }) {
    const item = form.querySelector(`[data-step="${name}"]`);
    const badge = form.querySelector(`template[data-verdict="${verdict}"]`).content.cloneNode(true);
    item.querySelector("[data-verdict]").replaceChildren(badge);
    item.querySelector("[data-found]").hidden = !value;
    item.querySelector("[data-value]").textContent = value ?? "";
  }

  async function verify(event) {
    event.preventDefault();
    form.ariaBusy = "true";
    const values = Object.fromEntries(new FormData(form));
    const file = fetched();
    const steps = {
      portal: () => commitment(values.portal_secret, values.portal_commitment),
      second: () => commitment(values.second_secret, values.second_commitment),
      seed: () => seed(values),
      lot: () => lot(values),
      line: async () => line(values, await file),
      file: async () => published(values, await file),
    };
    const verdicts = [];
    for (const [name, step] of Object.entries(steps)) {
      const result = await attempt(step);
      show(name, result);
      verdicts.push(result.verdict);
    }
    const isWell = !verdicts.includes("no") && !verdicts.includes("unreadable");
    const isNothing = verdicts.every(verdict => verdict === "missing");
    const told = isNothing ? "nothing" : isWell ? "yes" : "no";
    const summary = form.querySelector(`template[data-summary="${told}"]`).content.cloneNode(true);
    form.querySelector("p[data-summary]").replaceChildren(summary);
    form.ariaBusy = "false";
  }

  const canReckon = Boolean(globalThis.crypto?.subtle);
  form.querySelector("[data-without]").hidden = true;
  form.querySelector("[data-start]").hidden = !canReckon;
  form.querySelector("button").disabled = !canReckon;
  form.querySelector("[data-insecure]").hidden = canReckon;
  form.addEventListener("submit", verify);
})();
