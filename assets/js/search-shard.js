/*
  Files of the search index, unpacked; the formats stand in search-index.js.
*/

import { fold } from "./search-words.js";

const UTF8 = new TextDecoder();

/** Reads numbers and bytes, one after another. */
export class Reader {
  #data;
  #place = 0;

  constructor(buffer) {
    this.#data = new Uint8Array(buffer);
  }

  number() {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#data[this.#place++];
      if (byte === undefined) throw new Error("The search index ends too soon.");
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  bytes(length = Infinity) {
    const start = this.#place;
    this.#place += length;
    return this.#data.subarray(start, this.#place);
  }
}

/**
 * A word, or with no text all compounds of a group: in which documents it is.
 *
 * Of many documents only the best are there, until the rest is added; `missing` are so many.
 */
class Word {
  #packed;
  #bits;

  constructor(text, reader, { whole, best, weights }) {
    this.text = text;
    this.folded = fold(text);
    this.count = reader.number();
    this.missing = this.count > whole ? this.count - best : 0;
    this.#packed = [[reader.bytes(reader.number()), this.count - this.missing]];
    this.#bits = weights;
  }

  add(packed) {
    this.#packed.push([packed, this.missing]);
    this.missing = 0;
  }

  /** Lists of {numbers, weights}; the best documents are in the first. */
  postings() {
    return this.#packed.map(([packed, count]) => postings(packed, count, this.#bits));
  }
}

/**
 * The groups of a shard: {stem, forms, compounds, parts}.
 *
 * `forms` are words, `compounds` are folded, `parts` is the documents of all of these.
 * {byStem, byForm}: the group of each stem, and those with each folded form.  `head` is index.json.
 */
export function unpacked(buffer, head) {
  const reader = new Reader(buffer);
  const spelled = new Uint8Array(4096);

  function text() {
    const shared = reader.number();
    const rest = reader.bytes(reader.number());
    spelled.set(rest, shared);
    return UTF8.decode(spelled.subarray(0, shared + rest.length));
  }

  const byStem = new Map();
  const byForm = new Map();
  for (let left = reader.number(); left > 0; left--) {
    const stem = text();
    const [forms, compounds] = [reader.number(), reader.number()];
    const group = {
      stem,
      forms: Array.from({ length: forms }, () => new Word(text(), reader, head)),
      compounds: Array.from({ length: compounds }, () => fold(text())),
      parts: compounds ? new Word("", reader, head) : null,
    };
    byStem.set(stem, group);
    for (const folded of new Set(group.forms.map((form) => form.folded))) {
      byForm.set(folded, [...(byForm.get(folded) ?? []), group]);
    }
  }
  return { byStem, byForm };
}

/** The words of a group of which documents are missing. */
export function wanting({ forms, parts }) {
  return [...forms, parts].filter((word) => word?.missing);
}

/** Adds these, from the file of the group's rest. */
export function complete(group, buffer) {
  const reader = new Reader(buffer);
  for (const word of wanting(group)) word.add(reader.bytes(reader.number()));
}

/** The name of the shard of a prefix: its FNV-1a hash. */
export function nameOf(prefix) {
  return `w/${hash(prefix)}.bin`;
}

/** The name of the file with the rest of a stem's group. */
export function restOf(stem) {
  return `x/${hash(stem)}${hash(`+${stem}`)}.bin`;
}

function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, "0");
}

/** The numbers and weights of the documents in packed postings. */
export function postings(packed, count, bits) {
  const numbers = new Float64Array(count); // they have more than 32 bits
  const weights = new Uint8Array(count);
  const k = packed[0];
  let place = 8;
  let number = 0;

  function take(width) {
    let value = 0;
    while (width > 0) {
      const free = 8 - (place & 7);
      const step = Math.min(free, width);
      const byte = packed[place >> 3] & (0xff >> (8 - free));
      value = value * 2 ** step + (byte >> (free - step));
      place += step;
      width -= step;
    }
    return value;
  }

  /** So many zeros come next, and a one. */
  function zeros() {
    let found = 0;
    for (;;) {
      const rest = (packed[place >> 3] << (place & 7)) & 0xff;
      const some = rest ? Math.clz32(rest) - 24 : 8 - (place & 7);
      found += some;
      place += some;
      if (rest) {
        place++;
        return found;
      }
    }
  }

  for (let index = 0; index < count; index++) {
    number += zeros() * 2 ** k + take(k);
    numbers[index] = number;
    weights[index] = take(bits);
  }
  return { numbers, weights };
}
