//go:build !linux

package main

// unread has nothing to do where there is no test that wants it.
func unread() {}
