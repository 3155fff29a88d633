//go:build unix && !aix && !solaris

package conn

import (
	"io"
	"sync"
	"syscall"
	"unsafe"
)

// maxVectors is how many segments one system call takes.
const maxVectors = 256

// vectors are borrowed for the duration of one call: an array on the stack
// would grow the stack of every connection that ever flushes.
var vectors = sync.Pool{New: func() any { return new([maxVectors]syscall.Iovec) }}

// canPoll reports that this system can try a read or write on a descriptor.
const canPoll = true

// tryRead reads without blocking; again means that there is nothing yet.
func tryRead(fd uintptr, b []byte) (n int, again bool, err error) {
	for {
		n, err = syscall.Read(int(fd), b)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return 0, true, nil
		case err != nil:
			return 0, false, err
		case n == 0:
			return 0, false, io.EOF
		}
		return n, false, nil
	}
}

// writev writes the front of batch with one system call; again means that
// the kernel's buffer is full.
func writev(fd uintptr, batch []seg) (n int, again bool, err error) {
	for {
		var errno error
		if len(batch) == 1 {
			n, errno = syscall.Write(int(fd), batch[0].b)
		} else {
			n, errno = gather(fd, batch)
		}
		switch errno {
		case nil:
			return n, false, nil
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return 0, true, nil
		}
		return 0, false, errno
	}
}

func gather(fd uintptr, batch []seg) (int, error) {
	iov := vectors.Get().(*[maxVectors]syscall.Iovec)
	k := min(len(batch), maxVectors)
	for i := range k {
		iov[i].Base = &batch[i].b[0]
		iov[i].SetLen(len(batch[i].b))
	}
	n, _, errno := syscall.Syscall(syscall.SYS_WRITEV, fd, uintptr(unsafe.Pointer(iov)), uintptr(k))
	clear(iov[:k])
	vectors.Put(iov)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
