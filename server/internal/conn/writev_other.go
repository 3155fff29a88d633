//go:build !unix || aix || solaris

package conn

import "errors"

// canPoll is false where connections use plain blocking reads and writes.
const canPoll = false

func tryRead(uintptr, []byte) (int, bool, error) { return 0, false, errors.ErrUnsupported }

func writev(uintptr, []seg) (int, bool, error) { return 0, false, errors.ErrUnsupported }
