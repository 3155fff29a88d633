// What an application does with the client library.
//
// Clients and subscriptions are named by numbers; payloads travel as base64.
import { headers, wsconnect } from "/nats.js";
import { Inbox } from "/inbox.js";

const clients = [];
const subscriptions = [];

export async function connect(options) {
  const nc = await wsconnect({ reconnectTimeWait: 50, reconnectJitter: 0, ...options });
  const events = new Inbox();
  clients.push({ nc, events });
  collect(nc.status(), events);
  return { client: clients.length - 1, info: nc.info };
}

// events waits until an event of the given type was seen and returns the types
// of all.
export async function events({ client, until }) {
  const seen = await clients[client].events.until((list) => list.some((e) => e.type === until));
  return seen.map((e) => e.type);
}

// info is what the server said of itself last.
export function info({ client }) {
  return clients[client].nc.info;
}

// subscribe returns when the server knows the subscription.
export async function subscribe({ client, subject }) {
  const { nc } = clients[client];
  const inbox = new Inbox();
  collect(nc.subscribe(subject), inbox);
  subscriptions.push(inbox);
  await nc.flush();
  return subscriptions.length - 1;
}

// next waits for the next so many messages and returns them.
export async function next({ subscription, count }) {
  const items = await subscriptions[subscription].until((list) => list.length >= count);
  return items.splice(0, count).map(describe);
}

// publish returns when the server has got all messages.
export async function publish({ client, messages }) {
  const { nc } = clients[client];
  for (const m of messages) {
    nc.publish(m.subject, Uint8Array.fromBase64(m.data ?? ""), { headers: build(m.headers) });
  }
  await nc.flush();
}

// echo answers every request on a subject with what it brought.
export async function echo({ client, subject }) {
  const { nc } = clients[client];
  nc.subscribe(subject, { callback: (err, m) => m.respond(m.data, { headers: m.headers }) });
  await nc.flush();
}

// request returns the reply.
export async function request({ client, message: m }) {
  const { nc } = clients[client];
  const reply = await nc.request(m.subject, Uint8Array.fromBase64(m.data ?? ""), {
    timeout: 15_000,
    headers: build(m.headers),
  });
  return describe(reply);
}

export async function close({ client }) {
  await clients[client].nc.close();
}

async function collect(iterator, inbox) {
  for await (const item of iterator) inbox.push(item);
}

function build(values) {
  if (!values) return undefined;
  const h = headers();
  for (const [key, value] of Object.entries(values)) h.append(key, value);
  return h;
}

function describe({ subject, data, headers: h }) {
  const message = { subject, data: data.toBase64() };
  if (h) message.headers = Object.fromEntries([...h].map(([key, [value]]) => [key, value]));
  return message;
}
