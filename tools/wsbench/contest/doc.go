// Package contest has the work that the libraries of package libs are measured at.
// A [Work] is one row of the table: what is done, with messages of one size. [Works]
// lists them; [Work.Benchmark] is the benchmark of one library at one of them.
package contest
