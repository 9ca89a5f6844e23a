// Command probe is what the node's own tests run in pods: a small web server, and the few questions that one pod asks
// of another. Its image holds nothing else, so no shell is needed.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const patience = 2 * time.Second

const usage = `usage: probe serve ADDRESS    answer every request, and say each on stdout
       probe get URL          print the answer's body
       probe lookup NAME [DNS-SERVER]
                              print the addresses of a name
       probe echo             copy stdin to stdout`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "serve":
		return serve(args[1])
	case len(args) == 2 && args[0] == "get":
		return get(args[1])
	case len(args) == 2 && args[0] == "lookup":
		return lookup(net.DefaultResolver, args[1])
	case len(args) == 3 && args[0] == "lookup":
		return lookup(resolverOf(args[2]), args[1])
	case len(args) == 1 && args[0] == "echo":
		_, err := io.Copy(os.Stdout, os.Stdin)
		return err
	}
	return fmt.Errorf("%s", usage)
}

func serve(address string) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	fmt.Printf("%s listens on %s\n", name, address)
	return http.ListenAndServe(address, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		fmt.Printf("%s asks for %q\n", request.RemoteAddr, request.URL.Path)
		fmt.Fprintf(response, "%s answers %s\n", name, request.RemoteAddr)
	}))
}

func get(url string) error {
	response, err := (&http.Client{Timeout: patience}).Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

func lookup(resolver *net.Resolver, name string) error {
	deadline, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	addresses, err := resolver.LookupHost(deadline, name)
	if err != nil {
		return err
	}
	fmt.Println(strings.Join(addresses, "\n"))
	return nil
}

func resolverOf(server string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(deadline context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(deadline, network, net.JoinHostPort(server, "53"))
	}}
}
