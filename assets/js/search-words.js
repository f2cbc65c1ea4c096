/*
  A text to the words that it is found by.  generator/search/words.py does the same when the index is
  made; tests/search/words.json holds both to the same results.
*/

const DASHES = "-‐‑‒–—―−";
const GENDERED =
  /(\p{L}{2,})(?:[:*_·]|\/-?)[iI]n(nen)?(\p{L}*)|(\p{L}*[a-zäöüß])In(nen)?(\p{L}*)|(\p{L}{2,})\(in(nen)?\)/gu;
const TOKEN = new RegExp(
  "§+\\s*(\\d+[a-z]?)(?![\\p{L}\\p{N}_])" +
    "|(\\d+(?:[.,]\\d+)+)(?![\\p{L}\\p{N}_])" +
    `|[\\p{L}\\p{N}]+(?:[${DASHES}][\\p{L}\\p{N}]+)*`,
  "gu",
);
const DASH = new RegExp(`[${DASHES}]`, "u");
const INNER_CAPITAL = /([a-zäöüß])([A-ZÄÖÜ])/g;
const DECIMAL = /^\p{Nd}+$/u;
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d" };

/** A word as it is compared: in small letters of the plain alphabet. */
export function fold(word) {
  const plain = word.toLowerCase().replace(/[ßæœøłđ]/g, (letter) => LETTERS[letter]);
  return plain.normalize("NFD").replace(/\p{M}/gu, "");
}

/**
 * The tokens of a text, each with its place and the words that it is found by.
 *
 * `ways` are lists of words: a text with all the words of one of them has what the token says.
 * `also` are words that the text has as well, but which say less than the token.  Who looks for a
 * token that is a `whole` means only the first of its ways: E-Akte is no Akte, BürgerBus no Bus.
 */
export function tokens(text) {
  const found = [];
  const { plain, origin } = spelledOut(text.normalize("NFC"));
  for (const match of plain.matchAll(TOKEN)) {
    const token = { ...origin(match.index, match.index + match[0].length), ways: [], also: [] };
    if (match[1]) {
      token.ways = [["§" + match[1]]];
      token.also = [match[1]];
    } else {
      token.ways = match[2] ? [numbers(match[2])] : waysOf(match[0], token);
    }
    const before = found[found.length - 1];
    if (before && before.end > token.start) {
      // Bürger and Bürgerinnen, written as one.
      before.ways.push(...token.ways);
      before.also.push(...token.also);
      before.end = Math.max(before.end, token.end);
    } else {
      found.push(token);
    }
  }
  return found;
}

/** All words of a text; letters stand for none. */
export function words(text) {
  const whole = tokens(text).filter(({ letter }) => !letter);
  return whole.flatMap(({ ways, also }) => [...ways.flat(), ...also]);
}

function waysOf(word, token) {
  const parts = word.replace(INNER_CAPITAL, "$1-$2").split(DASH);
  const long = parts.filter((part) => part.length > 1 || DECIMAL.test(part));
  if (parts.length === 1) {
    token.letter = long.length === 0;
    return [[word]];
  }
  const joined = parts.every((part) => DECIMAL.test(part)) ? [] : [[parts.join("")]];
  token.whole = joined.length > 0 && (long.length < parts.length || !DASH.test(word));
  return long.length ? [...joined, long] : joined;
}

function numbers(text) {
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(text)) return [text.replace(/\./g, "")];
  if (/^\d+[.,]\d+$/.test(text)) return [text.replace(".", ",")];
  return text.split(/[.,]/);
}

/** The text with "Bürger Bürgerinnen" for "Bürger:innen", and where of the text each place was. */
function spelledOut(text) {
  let plain = "";
  let last = 0;
  const pieces = [];
  for (const match of text.matchAll(GENDERED)) {
    const base = match[1] ?? match[4] ?? match[7];
    const plural = match[2] ?? match[5] ?? match[8] ?? "";
    const rest = match[3] ?? match[6] ?? "";
    plain += text.slice(last, match.index);
    last = match.index + match[0].length;
    const both = `${base}${rest} ${base}in${plural}${rest}`;
    pieces.push({ at: plain.length, end: plain.length + both.length, start: match.index, stop: last });
    plain += both;
  }
  plain += text.slice(last);
  return {
    plain,
    origin(start, end) {
      let [from, to] = [start, end];
      for (const piece of pieces) {
        const shift = piece.stop - piece.end;
        if (start >= piece.end) from = start + shift;
        else if (end > piece.at) from = Math.min(from, piece.start);
        if (end > piece.at && start < piece.end && end <= piece.end) to = piece.stop;
        else if (end > piece.end) to = end + shift;
      }
      return { start: from, end: to };
    },
  };
}
