// json.js -- JSON whose numbers keep the digits they were printed with.
//
// JSON.parse() turns 5.10 into 5.1, and a laboratory's precision is part of
// its result.  Every number is made a string before JSON.parse() sees it.

const JSON_NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

// The index of the quote that ends the string starting after `from`.
function endOfString(text, from) {
  for (let at = from; ;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new SyntaxError('JSON: string without an end');
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

// Not one regular expression for all: a PDF is one string of 20 MB.
function quoteNumbers(text) {
  const parts = [];
  let at = 0;
  for (;;) {
    const quote = text.indexOf('"', at);
    const outside = text.slice(at, quote < 0 ? text.length : quote);
    parts.push(outside.replace(JSON_NUMBER, '"$&"'));
    if (quote < 0) return parts.join('');
    const end = endOfString(text, quote + 1);
    parts.push(text.slice(quote, end + 1));
    at = end + 1;
  }
}

// As JSON.parse(), but every number is a string of its own digits.
export function parseKeepingDigits(text) {
  return JSON.parse(quoteNumbers(text));
}

// For headers that the box writes: only the one minimal spelling is taken,
// so that a name given twice, or hidden in an escape, is refused.
export function parseMinimal(text) {
  const value = JSON.parse(text);
  if (JSON.stringify(value) !== text) throw new SyntaxError('JSON: spelling');
  return value;
}
