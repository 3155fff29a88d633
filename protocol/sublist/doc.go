// Package sublist is the interest index of a messaging server: it maps
// subjects to the subscribers that want their messages. It holds no goroutine
// and knows nothing of connections: a subscriber is a value of any type.
//
// Read [Index] first, then [Result], which is what a publisher walks through.
//
// # What readers may rely on
//
// A publisher asks millions of times a second, on every core; subscriptions
// change far less often, but there may be a million of them. So readers take
// no lock, write to no shared memory and allocate nothing, and no change costs
// in proportion to what is there already. In return a reader sees no snapshot
// of the index, only what a messaging server needs:
//
//   - what was inserted before a Match began is found, exactly once, unless it
//     is removed before the Match ends;
//   - what was removed before a Match began is not found;
//   - of what changes during the Match, it may see either state.
//
// There is no cache of answers: nothing to invalidate by a SUB, and nothing to
// thrash by a publisher with many subjects.
//
// # Structure
//
//   - table.go, resize.go: an extendible hash table with atomic slots. A
//     directory, indexed by the leading bits of a hash, leads to shards; a
//     shard that gets too big is split in two, so the longest pause of a writer
//     is the same at any size, and two that are nearly empty become one. A
//     small index has one small shard. Literal subjects lie in one such table.
//   - trie.go: subscriptions with wildcards, one branch per token. The edges of
//     all branches lie in one table too, keyed by parent and token. Publishers
//     walk it only while there are any wildcards, level by level, without
//     recursion.
//   - leaf.go: the subscribers of one subject. One alone lies in the leaf
//     itself, together with its entry: one allocation, one cache line.
//   - list.go: many subscribers of one subject, or members of one queue group,
//     in chunks. Adding writes behind the end that readers know; removing copies
//     one chunk.
//   - result.go: the answer. It refers to the chunks instead of copying them.
//
// Hashes are seeded per index, since clients choose the subjects.
//
// # Locks
//
// A literal subject and its subscribers are changed under the lock of their
// shard, all wildcards under the one of the trie. The order is: trie, table
// (only to replace shards), shard. No lock is held while foreign code runs.
//
// # Cost
//
// A subscription to a literal subject of its own takes about 100 bytes besides
// the subject and the value; one more on the same subject about 40. A Match
// costs one step per 64 subscribers of a subject, also in a queue group of
// which one member will do.
package sublist
