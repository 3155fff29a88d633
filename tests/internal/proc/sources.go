package proc

import (
	"os"
	"strings"
)

// RepoFile is the path of a file of the repository, to be opened as it is: see
// noteSources.
func RepoFile(name string) string { return moduleRoot() + "/../" + name }

// noteSources makes the cache of go test notice when the server changes. The
// cache knows which files a test opens, but not what the go build that a test
// starts reads, and of the opened ones it heeds those whose names begin with
// the module's folder. So every folder of the sources is opened here, under a
// name that leads out of that folder again: the cache then keeps its entries'
// names, sizes and times.
func noteSources() error {
	for _, module := range []string{"server", "protocol", "wsframe"} {
		if err := noteFolder(RepoFile(module)); err != nil {
			return err
		}
	}
	return nil
}

// noteFolder must not clean the path: see noteSources.
func noteFolder(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() || name == "testdata" || name == "docs" || strings.HasPrefix(name, ".") {
			continue
		}
		if err := noteFolder(path + "/" + name); err != nil {
			return err
		}
	}
	return nil
}
