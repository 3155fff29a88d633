// Package hostile holds tests with peers that mean harm or are broken: what
// they send must cost the server bounded memory and time, and the others must
// not notice.
package hostile
