#!/usr/bin/env python3
"""Leads ports of this machine to another address over a link on which every byte is late.

  late-link.py MILLISECONDS ADDRESS PORT…

Listens on 127.0.0.1:PORT for each PORT and leads to ADDRESS:PORT; bytes arrive MILLISECONDS late,
each way, without a limit to their rate. Runs until it is ended.
"""
import asyncio
import sys


async def carry(reader, writer, delay):
    """Carries one direction: what comes is kept with the time at which it may go on."""
    clock = asyncio.get_running_loop().time
    queue = asyncio.Queue()

    async def send():
        while (item := await queue.get()) is not None:
            due, data = item
            await asyncio.sleep(max(0, due - clock()))
            writer.write(data)
            await writer.drain()
        writer.close()

    sender = asyncio.create_task(send())
    try:
        while data := await reader.read(1 << 20):
            queue.put_nowait((clock() + delay, data))
    except ConnectionError:
        pass  # The other direction sees it too; both ends connect again by themselves.
    queue.put_nowait(None)
    try:
        await sender
    except ConnectionError:
        pass


async def main():
    delay, address, ports = float(sys.argv[1]) / 1000, sys.argv[2], sys.argv[3:]

    def leader(port):
        async def lead(reader, writer):
            try:
                far_reader, far_writer = await asyncio.open_connection(address, port)
            except OSError:
                writer.close()
                return
            await asyncio.gather(
                carry(reader, far_writer, delay), carry(far_reader, writer, delay))

        return lead

    servers = [await asyncio.start_server(leader(port), "127.0.0.1", port) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if len(sys.argv) < 4:
    sys.exit(__doc__)
asyncio.run(main())
