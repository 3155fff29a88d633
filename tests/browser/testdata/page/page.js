// Carries out what the Go test asks for: it takes calls from the site that the
// page came from, and posts what became of each. Calls run side by side.
//
// A page in a frame has a queue of its own, named in its address.
import * as client from "/client.js";
import * as frame from "/frame.js";
import * as socket from "/socket.js";

const functions = { ...client, ...frame, ...socket };
const queue = new URLSearchParams(location.search).get("queue") ?? "";

async function carryOut({ id, name, args }) {
  const answer = { id };
  try {
    answer.result = await functions[name](args);
  } catch (err) {
    answer.error = `${err.name}: ${err.message}`;
  }
  await fetch("/answers", { method: "POST", body: JSON.stringify(answer) });
}

for (;;) {
  const response = await fetch(`/calls?queue=${queue}`);
  carryOut(await response.json());
}
