// The connection to the server. After a close or a silence the page connects again, with growing delays.

const QUIET = 2000; // ms without a status before the numbers on the page count as old
const FIRST = 500, MOST = 10000; // ms between attempts to connect, first and longest

// next returns the delay of the next attempt from that of the last one.
export const next = (delay) => Math.min(2 * delay, MOST);

export class Link {
  // opened is called for each new connection. message takes a message of the server, and returns true for a status. protocols
  // returns the subprotocols. state is called with 'live' for each status, and with 'lost' or 'full' without a connection; its
  // second argument is the time of the latest status, null before the first.
  constructor({ opened, message, state, protocols }) {
    Object.assign(this, { opened, message, state, protocols, delay: FIRST, live: false, latest: null });
    this.attempt();
    setInterval(() => this.look(), QUIET / 8);
  }

  get open() { return this.socket.readyState === WebSocket.OPEN; }

  send(message) { this.socket.send(JSON.stringify(message)); }

  // attempt replaces the connection. Each attempt has more time than the last one, for a slow network.
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

  // look detects a silent server. On a slow network a status may wait behind large frames: while frames come, the connection stays.
  look() {
    const now = performance.now();
    if (this.live && now - this.told > QUIET) {
      this.live = false;
      this.state('lost', this.latest);
    }
    if (this.heard !== null && now - this.heard > QUIET) this.attempt();
  }

  // lost reports a closed connection. Browsers hide the reason for a refused socket: if the server still answers other requests, it
// is full.
  async lost(opened) {
    this.live = false;
    this.heard = null;
    const answer = opened ? null : await fetch('healthz', { signal: AbortSignal.timeout(QUIET) }).catch(() => null);
    if (!this.live) this.state(answer ? 'full' : 'lost', this.latest);
  }
}
