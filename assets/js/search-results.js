/*
  What was found, as a list: the best first, some at a time.
*/

const SHOWN = 10; // results at a time
const AHEAD = 20; // milliseconds that the first is asked for before the others, on the same line

/**
 * Fills `list`.
 *
 * `more` is the button for the next results, `template` has the item of one, `nameOf(filter, value)`
 * tells what a section or kind is called, `failed(error)` is told where the next cannot be had.
 *
 * Gives {show(hits), complete(hits), wait(), clear(), links()}: `show` is done when all are there that
 * are shown at first; `complete` is told all hits where these were the best only.
 */
export function resultsIn(list, { more, template, nameOf, failed }) {
  const pattern = template.content.firstElementChild;
  let waiting = []; // hits that are not shown yet
  let begun = 0; // how many hits are shown or on their way
  let turn = 0; // the list that counts: what comes for an earlier one is dropped

  function busy(is) {
    list.setAttribute("aria-busy", String(is));
  }

  function wait() {
    turn++;
    busy(true);
  }

  function clear() {
    turn++;
    waiting = [];
    more.hidden = true;
    list.replaceChildren();
    busy(false);
  }

  async function show(hits) {
    turn++;
    waiting = [...hits];
    begun = 0;
    more.hidden = true;
    await next((first) => list.replaceChildren(first));
    if (!hits.length) clear();
  }

  function complete(hits) {
    waiting = hits.slice(begun);
    more.hidden = !waiting.length;
  }

  /** Adds the next results, each as soon as it and those before it are there. */
  async function next(begin) {
    const mine = turn;
    busy(true);
    const some = waiting.splice(0, SHOWN);
    begun += some.length;
    const item = (hit) => hit.load().then(itemOf, (error) => error);
    const coming = some.map((hit, place) =>
      place ? new Promise((done) => setTimeout(done, AHEAD)).then(() => item(hit)) : item(hit),
    );
    const added = [];
    let error;
    for (const promise of coming) {
      const item = await promise;
      if (mine !== turn) return;
      if (item instanceof Error) error = item; // it is gone since the index was read
      else if (added.push(item) === 1) begin(item);
      else list.append(item);
    }
    if (error && !added.length) throw error;
    more.hidden = !waiting.length;
    busy(false);
  }

  function itemOf({ address, fragment, title, kicker, kind, section, date, excerpt }) {
    const item = pattern.cloneNode(true);
    const part = (name) => item.querySelector(`[data-part=${name}]`);
    const marks = "fragmentDirective" in document; // others would take it for a place on the page
    item.querySelector("a").href = address + (marks ? fragment : "");
    part("title").append(...title.map(node));
    part("excerpt").append(...excerpt.map(node));
    const label = kind === "news" ? "" : nameOf("kind", kind);
    part("label").classList.add(`label-${kind}`);
    fill(part("label"), label);
    fill(part("kicker"), kicker);
    if (/[?!:;,.…–—]$/.test(kicker)) item.querySelector(".kicker .hidden").remove();
    if (!kicker && !label) item.querySelector(".kicker").remove();
    fill(part("section"), section && nameOf("section", section));
    part("day").dateTime = date.slice(0, 10);
    fill(part("day"), date && dayOf(date));
    return item;
  }

  more.addEventListener("click", async () => {
    try {
      await next((first) => {
        list.append(first);
        first.querySelector("a").focus();
      });
    } catch (error) {
      failed(error);
    }
  });

  function links() {
    return [...list.querySelectorAll("h2 a")];
  }

  return { show, complete, wait, clear, links };
}

/** A part of a text, marked or not. */
function node({ text, mark }) {
  if (!mark) return text;
  const element = document.createElement("mark");
  element.textContent = text;
  return element;
}

function dayOf(date) {
  const day = new Date(date.slice(0, 10));
  const { lang } = document.documentElement;
  return day.toLocaleDateString(lang, { dateStyle: "long", timeZone: "UTC" });
}

/** What there is nothing to say in is taken away. */
function fill(element, text) {
  if (text) element.textContent = text;
  else element.remove();
}
