// Package config turns files, flags and defaults into [Options]: the one table
// of options, its validation, and the difference between two configurations.
package config
