//go:build !linux

package main

// unread does nothing: its tests are for Linux.
func unread() {}
