// Package callout asks a service whether somebody may come in, and checks what it
// says: requests and answers are bytes, and how they travel is the caller's
// business. Start with [Asker].
//
// The service answers with a JWT for a user that the server has just made up, and
// so cannot give the same answer twice or to somebody else. Whatever is wrong with
// an answer, nobody comes in by it.
package callout
