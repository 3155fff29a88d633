// Pages within the page, which may have another origin, and what belongs to
// pages.

const frames = new Map();

// frame shows src; sandboxed, it has the origin that is spelled "null".
export function frame({ name, src, sandboxed }) {
  const element = document.createElement("iframe");
  if (sandboxed) element.sandbox = "allow-scripts";
  element.src = src;
  document.body.append(element);
  frames.set(name, element);
}

// leave ends the page of a frame.
export function leave({ name }) {
  frames.get(name).remove();
}

// cookie sets a cookie for every port of the page's host.
export function cookie({ name, value }) {
  document.cookie = `${name}=${value}`;
}

// cookies are all that the page has.
export function cookies() {
  return document.cookie;
}
