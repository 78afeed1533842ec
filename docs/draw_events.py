"""Draws the library's events of a flight recording, as JSON on standard input, as an SVG on standard output:

jfr print --json --events 'org.bitindex.*' run.jfr | python3 docs/draw_events.py > events.svg
"""

import json
import re
import sys
from datetime import datetime

LANES = {"Plan": "#4a7aa8", "Prepare": "#c9822f", "Execute": "#4f9a63"}
LEFT, WIDTH, LANE, TOP = 80, 760, 46, 34


def seconds(text):
    minutes, rest = re.fullmatch(r"PT(?:(\d+)M)?(?:([\d.]+)S)?", text).groups("0")
    return 60 * float(minutes) + float(rest)


def title(kind, values):
    return {
        "Plan": "{layers} layers, {weightBytes} bytes encoded, {preparedBytes} prepared",
        "Prepare": "{rows} x {columns}, batch {batch}: {strategy}, {preparedBytes} bytes",
        "Execute": "{inputColumns} to {outputColumns}, batch {batch}",
    }[kind].format(**values)


def main():
    events = []
    for event in json.load(sys.stdin)["recording"]["events"]:
        values = event["values"]
        start = datetime.fromisoformat(values["startTime"]).timestamp()
        events.append((start, seconds(values["duration"]), event["type"].rsplit(".")[-1], values))
    first = min(start for start, *_ in events)
    span = max(start + length for start, length, *_ in events) - first
    height = TOP + LANE * len(LANES) + 40
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 30}" height="{height}"'
          ' font-family="sans-serif" font-size="13">')
    print(f'<rect width="100%" height="100%" fill="white"/><text x="{LEFT}" y="20">{len(events)} events</text>')
    for i, (kind, colour) in enumerate(LANES.items()):
        top = TOP + i * LANE
        own = [event for event in events if event[2] == kind]
        print(f'<text x="8" y="{top + 24}">{kind}</text><line x1="{LEFT}" y1="{top + 40}" x2="{LEFT + WIDTH}"'
              f' y2="{top + 40}" stroke="#ddd"/>')
        for start, length, _, values in own:
            x = LEFT + (start - first) / span * WIDTH
            print(f'<rect x="{x:.1f}" y="{top + 6}" width="{max(1, length / span * WIDTH):.1f}" height="30"'
                  f' fill="{colour}" fill-opacity="0.6"><title>{title(kind, values)}, {1000 * length:.2f} ms'
                  '</title></rect>')
    for i in range(6):
        x = LEFT + i * WIDTH / 5
        print(f'<text x="{x}" y="{height - 18}" text-anchor="middle">{i * span / 5:.2f} s</text>')
    print("</svg>")


main()
