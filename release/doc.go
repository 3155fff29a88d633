// Command release versions the modules of the repository, each on its own, and
// proves that each works for somebody who has nothing but its version. From the
// root of the repository:
//
//	go run ./release verify   every tagged module alone, as a stranger gets it
//	go run ./release tidy     go mod tidy, which fails by itself (see below)
//	go run ./release sync     go.work's replace block from the go.mod files
//	go run ./release plan     what has changed since the last tags (files, change logs,
//	                          exported names), and which versions follow
//	go run ./release prepare  the versions of versions.yaml into the go.mod and go.sum files
//	go run ./release tag      checks everything once more and sets the tags
//
// # Why there is something to do at all
//
// The go.mod of a module names its siblings by the version that it needs, and
// between a release commit and its tags no proxy has that version. In the
// workspace, versioned replace lines in go.work bridge the gap (sync keeps them
// equal to the go.mod files). They may not stand in go.mod, for the Go command
// refuses to install a command from a module with replace lines. Whatever runs
// without the workspace (go mod tidy, go get, go install) gets the siblings from
// a proxy on disk that this command builds: stage.go copies the modules aside in
// dependency order, sets the versions, and packs each the way the Go command
// packs a tag, so that the hashes in go.sum are right before the tag exists.
//
// # A release
//
//  1. plan -w, and look at what it wrote to versions.yaml.
//  2. Move the Unreleased entries of each CHANGELOG.md under the new version.
//  3. prepare, commit.
//  4. tag, push the tags it names. A tag is never moved: a bad one is followed by
//     the next patch version and a retract line.
package main
