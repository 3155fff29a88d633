// WebSockets as the browser sees them: raw ones for the test to play with, and
// what can be seen of those that the client library opens.
import { Inbox } from "/inbox.js";

const all = [];

class Watched extends WebSocket {
  messages = 0;
  largest = 0; // of the messages that came in, in bytes
  text = new Inbox(); // what came in, of raw sockets only
  closed = new Promise((resolve) => {
    this.addEventListener("close", ({ code, reason, wasClean }) => {
      this.ended = { code, reason, clean: wasClean };
      resolve(this.ended);
    });
  });

  constructor(...args) {
    super(...args);
    this.addEventListener("message", ({ data }) => {
      this.messages++;
      this.largest = Math.max(this.largest, data.byteLength ?? data.size ?? data.length);
    });
    all.push(this);
  }
}

globalThis.WebSocket = Watched;

// sockets tells about all sockets to an address, in the order of their making.
export function sockets({ url }) {
  return all.filter((s) => s.url.startsWith(url)).map((s) => ({
    extensions: s.extensions,
    messages: s.messages,
    largest: s.largest,
    closed: s.ended,
  }));
}

// messages waits until a socket to an address got so many messages.
export async function messages({ url, count }) {
  const s = all.find((s) => s.url.startsWith(url));
  while (s.messages < count) {
    await new Promise((resolve) => s.addEventListener("message", resolve, { once: true }));
  }
}

// open opens a raw socket and waits until it is open or failed.
export async function open({ url, protocols }) {
  const s = new Watched(url, protocols ?? []);
  s.binaryType = "arraybuffer";
  const decoder = new TextDecoder();
  s.addEventListener("message", ({ data }) => {
    s.text.push(typeof data === "string" ? data : decoder.decode(data, { stream: true }));
  });
  const opened = new Promise((resolve) => s.addEventListener("open", () => resolve()));
  const failure = await Promise.race([opened, s.closed]);
  if (failure) throw new Error(`closed with ${failure.code}`);
  return { socket: all.indexOf(s), extensions: s.extensions, protocol: s.protocol };
}

// send sends one message, binary or text.
export function send({ socket, text, binary }) {
  all[socket].send(binary ? new TextEncoder().encode(text) : text);
}

// read waits until the text that came in contains a text, and returns it all.
export async function read({ socket, until }) {
  return (await all[socket].text.until((pieces) => pieces.join("").includes(until))).join("");
}

// closed waits for the end.
export async function closed({ socket }) {
  return await all[socket].closed;
}

// shut begins the closing handshake and waits for its end.
export async function shut({ socket, code, reason }) {
  all[socket].close(code || undefined, reason || undefined);
  return await all[socket].closed;
}
