/*
  The search page: its form, its address, and what it says.

  All words that readers see stand in layouts/search.html.  The form's fields are the page's address
  as well (#q=…&bereich=…), so that a search can be kept and passed on; what stands behind # is never
  sent to a server.
*/

import { open } from "./search-index.js";
import { resultsIn } from "./search-results.js";
import { suggestionsFor } from "./search-suggestions.js";

const PAUSE = 300; // milliseconds without a key before what was typed so far is searched for
const NAMED = 3; // words that a sentence names of many
const PATIENCE = 500; // milliseconds before readers are told that it takes time

const language = document.documentElement.lang;
const title = document.title;
const form = document.querySelector("form.search");
const words = form.elements.namedItem("q");
const order = form.elements.namedItem("folge");
const filters = [...form.querySelectorAll("[data-filter]")];
const names = new Map(filters.flatMap((field) => [...field.options].map((one) => [one, one.text])));
const status = document.querySelector(".search-count");
const corrections = document.querySelector(".search-corrections");
const elsewhere = document.querySelector(".search-nothing");
const results = resultsIn(document.querySelector(".search-results"), {
  more: document.querySelector(".search-more"),
  template: document.querySelector("#Treffer"),
  nameOf,
  failed,
});
const suggestions = suggestionsFor(words, {
  list: document.querySelector(".search-suggestions"),
  template: document.querySelector("#Vorschlag"),
  status: document.querySelector(".search-suggested"),
  suggest: async (text) => (await opened()).suggest(text),
  choose: submit,
});

let index; // the promise of the index, once it is needed
let turn = 0; // the search that counts: answers to earlier ones are dropped
let settled = false; // whether the address is a search that the way back should lead to
let pause;

function opened() {
  index ??= open(form.dataset.index);
  index.catch(() => (index = undefined)); // another search tries again
  return index;
}

/** Searches for what the form asks; `isTyped`: somebody may still be at a word. */
async function search({ isTyped = false } = {}) {
  clearTimeout(pause);
  const mine = ++turn;
  const text = words.value.trim();
  const chosen = Object.fromEntries(filters.map((field) => [field.dataset.filter, field.value]));
  document.title = text ? `${text} – ${title}` : title;
  if (!text && !filters.some((field) => field.value)) {
    results.clear();
    tell("");
    count({});
    return;
  }
  results.wait();
  const slow = setTimeout(() => mine === turn && say("searching"), PATIENCE);
  try {
    const reader = await opened();
    let isShown = false;
    const early = async (hits) => {
      if (mine !== turn) return;
      say("searching"); // how many there are is still to be found
      isShown = true;
      await results.show(hits);
    };
    const found = await reader.search(text, { ...chosen, order: order.value && "newest" }, early);
    // Of a word that is only begun nothing is said: those that begin so are suggested.
    const near = isTyped && found.unknown.length ? await reader.suggest(text) : { words: [], names: [] };
    const begun = near.words.length + near.names.length > 0;
    clearTimeout(slow);
    if (mine !== turn) return;
    if (begun) tell("");
    else report(found, text);
    if (isShown) results.complete(found.hits);
    else await results.show(found.hits);
  } catch (error) {
    if (mine === turn) failed(error);
  } finally {
    clearTimeout(slow);
  }
}

// What the page says.

/** Says one of the sentences that the layout has for the status; # in it is replaced. */
function say(name, instead = "") {
  tell(status.dataset[name].replace("#", () => instead));
}

function tell(sentence) {
  status.textContent = sentence;
  corrections.hidden = true;
  elsewhere.hidden = true;
}

/** What was found, or why nothing was. */
function report({ total, isEmpty, partial, counts, unknown, ignored, corrections: near }, text) {
  if (isEmpty && text && !total) say("empty");
  else if (unknown.length) say("unknown", listed(unknown, "disjunction"));
  else if (total > 1) say(partial ? "some" : "many", total.toLocaleString(language));
  else say(total ? "one" : "none");
  if (ignored.length) {
    const instead = listed(ignored, "conjunction");
    status.append(` ${status.dataset.ignored.replace("#", () => instead)}`);
  }
  if (near.length) correct(near);
  elsewhere.hidden = total > 0;
  count(counts);
}

/** Offers near words, each as a link to the whole query with it. */
function correct(near) {
  const links = near.map(({ instead, text }) => {
    const link = document.createElement("a");
    link.href = addressOf({ ...asked(), q: text });
    link.textContent = instead;
    return link;
  });
  const places = links.map((_link, place) => String(place));
  corrections.querySelector("[data-part=links]").replaceChildren(
    ...new Intl.ListFormat(language, { type: "disjunction" })
      .formatToParts(places)
      .map(({ type, value }) => (type === "element" ? links[value] : value)),
  );
  corrections.hidden = false;
}

function listed(said, type) {
  const quoted = said.slice(0, NAMED).map((word) => status.dataset.quoted.replace("#", () => word));
  if (said.length > NAMED) quoted.push(status.dataset.others.replace("#", String(said.length - NAMED)));
  return new Intl.ListFormat(language, { type }).format(quoted);
}

/** Puts behind each choice of a filter how many of what was found it would leave. */
function count(counts) {
  for (const field of filters) {
    const all = counts[field.dataset.filter];
    for (const option of field.options) {
      const number = all?.get(option.value) ?? 0;
      const told = all && option.value;
      option.text = names.get(option) + (told ? ` (${number.toLocaleString(language)})` : "");
      option.disabled = Boolean(told && !number && !option.selected);
    }
  }
}

function failed(error) {
  console.error(error);
  results.clear();
  say(status.dataset[error.reason] ? error.reason : "failed");
  elsewhere.hidden = false;
}

/** What the form calls a value of one of its filters. */
function nameOf(filter, value) {
  const field = filters.find((one) => one.dataset.filter === filter);
  return names.get([...field.options].find((option) => option.value === value)) ?? value;
}

// The address.

/** What the form asks for, by the names of its fields; what is not filled in is left out. */
function asked() {
  const all = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(all.filter(([, value]) => value));
}

function addressOf(fields) {
  const told = new URLSearchParams(fields).toString();
  return told && `#${told}`;
}

/** Makes the address say what the form does; a search that was settled stays on the way back. */
function remember() {
  const address = addressOf(asked());
  if (address === location.hash) return;
  if (settled) history.pushState(null, "", location.pathname + address);
  else history.replaceState(null, "", location.pathname + address);
  settled = false;
}

/** Makes the form say what the address does; false where that is no search but a place on the page. */
function recall() {
  const told = new URLSearchParams(location.hash.slice(1));
  const fields = [words, order, ...filters];
  if (location.hash && !fields.some(({ name }) => told.has(name))) return false;
  for (const field of fields) {
    field.value = told.get(field.name) ?? "";
    if (field.selectedIndex === -1) field.selectedIndex = 0; // there is no such choice
  }
  settled = Boolean(location.hash);
  return true;
}

/** Puts a search that came as ?q=… where no server sees it: addresses once were such. */
function hide() {
  if (!location.search) return;
  const known = (told) =>
    [...new URLSearchParams(told)].filter(([name, value]) => value && form.elements.namedItem(name));
  const address = known(location.hash.slice(1)).length ? "" : addressOf(known(location.search));
  history.replaceState(null, "", location.pathname + (address || location.hash));
}

// The keyboard.

/** With the arrow keys from the word to the results and through them; with Escape back. */
function walk(event) {
  const links = results.links();
  const here = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const inside = here >= 0 || document.activeElement === words;
  if (event.defaultPrevented || event.altKey) return;
  if (event.key === "Escape" && here >= 0) {
    words.focus();
  } else if (step && inside && (links[here + step] ?? (here + step === -1 && here === 0))) {
    event.preventDefault();
    (links[here + step] ?? words).focus();
  }
}

function arrive() {
  suggestions.close();
  if (recall()) {
    search();
  } else if (location.hash === "#Suche") {
    // The masthead's link leads there, to type at once; browsers would take the focus to the heading.
    history.replaceState(null, "", location.pathname + addressOf(asked()));
    words.focus();
    words.select();
  }
}

function submit() {
  suggestions.close();
  remember();
  settled = true;
  search();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
words.addEventListener("input", () => {
  opened().then((reader) => reader.prepare(words.value)).catch(() => {}); // whoever searches is told
  results.wait();
  clearTimeout(pause);
  pause = setTimeout(async () => {
    remember();
    await search({ isTyped: true });
    suggestions.ask();
  }, PAUSE);
});
form.addEventListener("change", (event) => event.target !== words && submit());
addEventListener("popstate", arrive);
document.addEventListener("keydown", walk);

hide();
form.firstElementChild.disabled = false;
opened().catch(() => {}); // whoever searches is told
arrive();
