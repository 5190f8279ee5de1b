package show

import (
	"strings"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/systemd"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/cmd/hillock/internal/web"
)

// Web are the options of the web server.
type Web struct {
	Addr                string // address of the server; "": no server
	Token               string // given token for changes; "": none
	Clients, PerAddress int    // largest number of viewers, in all and from one IP address
}

// serve starts the web server and prints its address. It serves until the site is closed. A scope shows the QR code itself.
func (r *run) serve() (err error) {
	if r.Web.Addr == "" {
		return nil
	}
	if r.site, err = web.Listen(r.Web.Addr); err != nil {
		return err
	}
	token := serve.TokenFor(r.Web.Token, r.site.Loopback, systemd.IsService())
	r.page = &terminal.Page{URLs: r.site.URLs, Token: token.Shown}
	wrong := serve.LogWrongTokens(r.logger)
	if r.scope && terminal.Is(r.Err) { // a log line would break the screen
		wrong = r.page.Warn
	}
	o := serve.Options{Clients: r.Web.Clients, PerAddress: r.Web.PerAddress, Token: token.Text, WrongTokens: wrong}
	if r.Format == terminal.Lines {
		r.page.Announce(r.Err, r.scope)
	} else {
		r.logger.Info("page", "urls", strings.Join(r.site.URLs, " "), "token", token.Shown)
	}
	r.site.Serve(web.Of(r.session, r.Version), o, func(err error) {
		r.logger.Error("web server stopped; the neuron keeps running", "reason", err)
	})
	return nil
}
