// The panels of the page. A new one is a module in panels/ and a line in this list, in whose order they are built and called.
//
// The default export of a module is the class of its panel:
//
//   static place              where it goes: 'left', 'right' or 'wide' for a section of its own, else the id of an element of
//                             index.html ('tools', 'foot') or of a panel before it ('board', 'numbers')
//   static id, static title   of a section: its id and its heading
//   static html               what it is made of: the page adds this to the place, and then makes the panel
//   constructor(shared)
//
// and has those of these methods that it needs:
//
//   opened()       a connection is new: what was asked of the server before is not known to this one
//   hello()        shared.hello or shared.cell is another, or the server has refused a change
//   status()       shared.status is another, which comes four times a second
//   rates({ anew, points })   measured points of firing rate against current that are new (Rates in internal/web/wire.go)
//   frame(fresh)   shared.columns has more steps. fresh.spikes are the new spikes of each neuron, fresh.first is the first step
//   restyle()      the theme is another
//   draw()         the browser draws its next picture: for what has to move smoothly
//
// None of these but opened and rates is called before the first hello. shared is what all panels look at:
//
//   hello, status   the latest of these messages of the server (wire.go), null before the first
//   shown, paused   the status on the screen: the latest one, or in pause that of its beginning; whether there is a pause
//   columns         the latest steps and spikes (columns.js)
//   cell            the index of the chosen neuron
//   base            the time base of the scope, ms
//   send(message)   sends the server a message: the only way to it
export default [
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
