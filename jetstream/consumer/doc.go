// Package consumer is the state machine of a consumer.
package consumer
