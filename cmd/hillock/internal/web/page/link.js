// The connection to the server. It is made again, after growing delays, when it closes and when the server falls silent.

const QUIET = 2000; // ms without a status, after which the numbers on the page are old
const FIRST = 500, MOST = 10000; // ms from an attempt to connect to the next, at first and at most

// next is the delay that follows a delay.
export const next = (delay) => Math.min(2 * delay, MOST);

export class Link {
  // opened is called at each new connection. message takes what the server sends, and returns whether that was a status. state is
  // called with 'live' at each status, and with 'lost' or 'full' when the connection is gone, each with the time of the latest
  // status, null before the first. protocols returns the subprotocols to offer.
  constructor({ opened, message, state, protocols }) {
    Object.assign(this, { opened, message, state, protocols, delay: FIRST, live: false, latest: null });
    this.attempt();
    setInterval(() => this.look(), QUIET / 8);
  }

  get open() { return this.socket.readyState === WebSocket.OPEN; }

  send(message) { this.socket.send(JSON.stringify(message)); }

  // attempt connects, in the place of the connection before. Each attempt has more time than the one before: a network may be slow.
  attempt() {
    if (this.socket) {
      this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
      this.socket.close();
    }
    const url = new URL('ws', location.href), delay = this.delay;
    url.protocol = url.protocol.replace('http', 'ws');
    this.socket = new WebSocket(url, this.protocols());
    this.socket.binaryType = 'arraybuffer';
    this.heard = null; // no message of this connection yet
    this.delay = next(delay);
    this.later(Math.max(QUIET, delay));
    let opened = false;
    this.socket.onopen = () => { opened = true; this.opened(); };
    this.socket.onmessage = (e) => this.take(e.data);
    this.socket.onclose = () => { this.later(Math.min(delay, this.delay)); this.lost(opened); };
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.attempt(), delay);
  }

  take(data) {
    clearTimeout(this.timer);
    this.heard = performance.now();
    if (!this.message(data)) return;
    Object.assign(this, { live: true, latest: new Date(), told: this.heard, delay: FIRST });
    this.state('live', this.latest);
  }

  // look finds silence. A status may wait behind large frames on a slow network: while they come, the connection stays.
  look() {
    const now = performance.now();
    if (this.live && now - this.told > QUIET) {
      this.live = false;
      this.state('lost', this.latest);
    }
    if (this.heard !== null && now - this.heard > QUIET) this.attempt();
  }

  // lost says why a connection has closed. A browser does not tell a page that its socket was refused: then the server still
  // answers.
  async lost(opened) {
    this.live = false;
    this.heard = null;
    const answer = opened ? null : await fetch('healthz', { signal: AbortSignal.timeout(QUIET) }).catch(() => null);
    if (!this.live) this.state(answer ? 'full' : 'lost', this.latest);
  }
}
