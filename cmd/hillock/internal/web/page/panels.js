// The panels of the page. A new panel is a module in panels/ and a line in this list. The page builds and calls them in this order.
//
// The default export of a module is the class of its panel:
//
//   static place              its place: 'left', 'right' or 'wide' for a section of its own, or the id of an element in index.html
//                             ('tools', 'foot') or in an earlier panel ('board', 'numbers')
//   static id, static title   of a section: its id and its heading
//   static html               its content: the page adds this to the place and then makes the panel
//   constructor(shared)
//
// A panel may have these methods:
//
//   opened()       the connection is new: the server has forgotten earlier requests
//   hello()        shared.hello or shared.cell has changed, or the server has refused a change
//   status()       shared.status has changed: four times a second
//   rates({ anew, points })   new measured points of firing rate against current (Rates in internal/web/wire.go)
//   frame(fresh)   shared.columns has more steps. fresh.spikes are the new spikes of each neuron, fresh.first is the first step
//   restyle()      the theme has changed
//   draw()         before each frame of the browser, for smooth movement
//
// Before the first hello the page calls only opened and rates. All panels share the object shared:
//
//   hello, status   the latest of these messages of the server (wire.go), null before the first
//   shown, paused   the status on the screen, during a pause the one from its beginning; whether the page is paused
//   columns         the latest steps and spikes (columns.js)
//   cell            the index of the chosen neuron
//   base            the time base of the scope, ms
//   send(message)   sends a message to the server. No panel has another connection
export default [
  import('./panels/network.js'),
  import('./panels/board.js'),
  import('./panels/doctor.js'),
  import('./panels/scope.js'),
  import('./panels/numbers.js'),
  import('./panels/neuron.js'),
  import('./panels/lab.js'),
  import('./panels/sound.js'),
  import('./panels/keys.js'),
  import('./panels/foot.js'),
];
