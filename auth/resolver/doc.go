// Package resolver keeps account JWTs and answers the requests by which tools and
// other servers change, ask for and compare them. Start with [Store]: [Memory] and
// [Dir] are two; [Clerk] carries out the requests, as bytes in and documents out.
//
// How a request arrives, and how a JWT is fetched from elsewhere, is the caller's
// business; when it may be fetched again says [Throttle].
package resolver
