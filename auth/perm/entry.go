package perm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dunlin-mq/dunlin/protocol/subject"
)

// EntryError is an entry of [Rules] that is no subject, or names no queue.
type EntryError struct {
	// Text is the entry as it was written, or only its queue.
	Text string
	// Queue says that the subject of the entry is good and its queue is not.
	Queue bool
}

func (e *EntryError) Error() string {
	if e.Queue {
		return fmt.Sprintf("queue %q is not a valid queue", e.Text)
	}
	return fmt.Sprintf("subject %q is not a valid subject", e.Text)
}

// Validate checks r without compiling it. What it returns joins an
// [*EntryError] for each bad entry.
func Validate(r *Rules) error {
	if r == nil {
		return nil
	}
	var errs []error
	check := func(list []string, queues bool) {
		for _, text := range list {
			if _, err := parseEntry(text, queues); err != nil {
				errs = append(errs, err)
			}
		}
	}
	if r.Publish != nil {
		check(r.Publish.Allow, false)
		check(r.Publish.Deny, false)
	}
	if r.Subscribe != nil {
		check(r.Subscribe.Allow, true)
		check(r.Subscribe.Deny, true)
	}
	return errors.Join(errs...)
}

// entry is one line of a list: a pattern, and the pattern of queue names that
// it is about; queue is empty if it is about everyone.
type entry struct{ subject, queue string }

// parseEntry reads one entry. With queues it may be a subject and a queue with
// any blanks between them, as the reference server has it.
func parseEntry(text string, queues bool) (entry, error) {
	if queues && !strings.ContainsAny(text, "\r\n\f") {
		if fields := strings.Fields(text); len(fields) == 2 {
			switch {
			case !subject.ValidStrict(fields[0]):
				return entry{}, &EntryError{Text: fields[0]}
			case !subject.ValidStrict(fields[1]):
				return entry{}, &EntryError{Text: fields[1], Queue: true}
			}
			return entry{fields[0], fields[1]}, nil
		}
	}
	if !subject.ValidStrict(text) {
		return entry{}, &EntryError{Text: text}
	}
	return entry{subject: text}, nil
}
