// Pages within the page, which have another origin.

// frame shows src; sandboxed, it has the origin that is spelled "null".
export function frame({ src, sandboxed }) {
  const element = document.createElement("iframe");
  if (sandboxed) element.sandbox = "allow-scripts";
  element.src = src;
  document.body.append(element);
}

// cookie sets a cookie for every port of the page's host.
export function cookie({ name, value }) {
  document.cookie = `${name}=${value}`;
}
