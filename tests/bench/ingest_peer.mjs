// ingest_peer.mjs PORT medplum|simple-hl7: an HL7 server of npm that parses
// and acknowledges, and stores nothing.
const [port, which] = process.argv.slice(2);

if (which === 'medplum') {
  const { Hl7Server } = await import('@medplum/hl7');
  new Hl7Server((connection) => {
    connection.addEventListener('message', ({ message }) =>
      connection.send(message.buildAck()));
  }).start(Number(port));
} else {
  const { default: hl7 } = await import('simple-hl7');
  hl7.Server.createTcpServer({}, (error, request, response) => {
    if (error) throw error;
    response.end();
  }).start(Number(port));
}
console.log('ready');
