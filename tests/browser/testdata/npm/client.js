// What the page needs of the client library. The package holds CommonJS, which
// no browser loads, so this is bundled into one ES module.
export { headers, wsconnect } from "@nats-io/nats-core";
