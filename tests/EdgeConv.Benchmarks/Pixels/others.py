"""What OpenCV and FFmpeg's swscale take from a camera's frame to a network's input, on one thread.

Asked line by line on standard input, see Others.cs:
    case FORMAT WIDTH HEIGHT SIZE antialias|plain FILE    reads the frame; answers the names that can do it
    jpeg WIDTH HEIGHT QUALITY SIZE FILE PHOTOGRAPH        writes the photograph as a JPEG file; answers as `case` does
    time NAME MILLISECONDS                                runs NAME so long; answers the time of each run in ns
    picture NAME FILE                                     writes the input, float32 [3, SIZE, SIZE]
"""
import ctypes
import ctypes.util
import sys
import time

import cv2
import numpy as np

MEAN = (123.675, 116.28, 103.53)
DEVIATION = (58.395, 57.12, 57.375)
CONVERSIONS = {"Yuyv": cv2.COLOR_YUV2RGB_YUY2, "Uyvy": cv2.COLOR_YUV2RGB_UYVY, "Nv12": cv2.COLOR_YUV2RGB_NV12}
SHAPES = {"Yuyv": (1, 2), "Uyvy": (1, 2), "Nv12": (1.5, 1), "Rgb24": (1, 3)}
FFMPEG = {"Yuyv": b"yuyv422", "Uyvy": b"uyvy422", "Nv12": b"nv12", "Rgb24": b"rgb24"}
BILINEAR = 2
TJPF_BGR, TJSAMP_422 = 1, 1


def normalised(small, planes, out, order=1):
    """Bytes [H, W, 3] to normalised planes: the fastest way found, split and two passes over each plane."""
    cv2.split(small, planes[::order])
    for c, (mean, deviation) in enumerate(zip(MEAN, DEVIATION)):
        np.multiply(planes[c], np.float32(1 / deviation), out=out[c], dtype=np.float32)
        np.add(out[c], np.float32(-mean / deviation), out=out[c])


class OpenCv:
    """Colours, then size, as cv2 does them."""

    def __init__(self, frame, name, size, antialias):
        self.frame, self.code = frame, CONVERSIONS.get(name)
        height = frame.shape[0] * 2 // 3 if name == "Nv12" else frame.shape[0]
        self.rgb = frame if self.code is None else np.empty((height, frame.shape[1], 3), np.uint8)
        self.filter = cv2.INTER_AREA if antialias else cv2.INTER_LINEAR
        self.small = np.empty((size, size, 3), np.uint8)

    def resize(self):
        if self.code is not None:
            cv2.cvtColor(self.frame, self.code, dst=self.rgb)
        cv2.resize(self.rgb, self.small.shape[:2], dst=self.small, interpolation=self.filter)


class SwScale:
    """Colours and size in one call; its bilinear filter is widened when it shrinks."""

    def __init__(self, frame, name, width, height, size):
        scale, util = (ctypes.CDLL(ctypes.util.find_library(n)) for n in ("swscale", "avutil"))
        scale.sws_getContext.restype = ctypes.c_void_p
        scale.sws_getContext.argtypes = [ctypes.c_int] * 7 + [ctypes.c_void_p] * 3
        planes, strides = ctypes.c_void_p * 4, ctypes.c_int * 4
        self.small = np.empty((size, size, 3), np.uint8)
        start, row = frame.ctypes.data, frame.strides[0]
        chroma = start + row * height if name == "Nv12" else None
        context = scale.sws_getContext(
            width, height, util.av_get_pix_fmt(FFMPEG[name]), size, size, util.av_get_pix_fmt(b"rgb24"),
            BILINEAR, None, None, None)
        self.arguments = (
            ctypes.c_void_p(context), planes(start, chroma), strides(row, row), 0, height,
            planes(self.small.ctypes.data), strides(3 * size))
        self.frame, self.scale = frame, scale.sws_scale

    def resize(self):
        self.scale(*self.arguments)


def contenders(name, width, height, size, antialias, file):
    rows, columns = SHAPES[name]
    frame = np.fromfile(file, np.uint8).reshape((int(height * rows), width * columns if columns == 1 else width, -1))
    frame = frame[:, :, 0].copy() if columns == 1 else frame
    planes = [np.empty((size, size), np.uint8) for _ in range(3)]
    out = np.empty((3, size, size), np.float32)

    def add(made, label, worker):
        def whole():
            worker.resize()
            normalised(worker.small, planes, out)
            return out

        made[label], made[label + "-resize"] = whole, worker.resize

    made = {}
    add(made, "opencv", OpenCv(frame, name, size, antialias))
    if antialias:
        try:
            add(made, "swscale", SwScale(frame, name, width, height, size))
        except (OSError, TypeError):
            pass
    return made


def compressed(photograph, width, height, quality):
    """The photograph as a camera sends it: JPEG, 4:2:2, which this OpenCV cannot be asked for."""
    turbo = ctypes.CDLL("libturbojpeg.so.0")
    turbo.tjInitCompress.restype = ctypes.c_void_p
    bgr = cv2.resize(cv2.imread(photograph), (width, height), interpolation=cv2.INTER_CUBIC)
    start, length = ctypes.c_void_p(), ctypes.c_ulong()
    if turbo.tjCompress2(
            ctypes.c_void_p(turbo.tjInitCompress()), ctypes.c_void_p(bgr.ctypes.data), width, 0, height, TJPF_BGR,
            ctypes.byref(start), ctypes.byref(length), TJSAMP_422, quality, 0):
        raise ValueError("the photograph cannot be compressed")
    return np.frombuffer(ctypes.string_at(start, length.value), np.uint8)


def decoders(photograph, width, height, quality, size, file):
    frame = compressed(photograph, width, height, quality)
    frame.tofile(file)
    small, planes = np.empty((size, size, 3), np.uint8), [np.empty((size, size), np.uint8) for _ in range(3)]
    out = np.empty((3, size, size), np.float32)

    def decoder(mode):
        def run():
            bgr = cv2.imdecode(frame, mode)
            cv2.resize(bgr, (size, size), dst=small, interpolation=cv2.INTER_AREA)
            normalised(small, planes, out, order=-1)
            return out
        return run

    made = {"opencv": decoder(cv2.IMREAD_COLOR)}
    if width >= 2 * size and height >= 2 * size:
        made["opencv-half"] = decoder(cv2.IMREAD_REDUCED_COLOR_2)
    return made


def main():
    cv2.setNumThreads(1)
    made = {}
    for line in sys.stdin:
        words = line.split()
        if words[0] == "case":
            name, (width, height, size) = words[1], map(int, words[2:5])
            made = contenders(name, width, height, size, words[5] == "antialias", words[6])
            for run in made.values():
                run()
            print(*made, flush=True)
        elif words[0] == "jpeg":
            made = decoders(words[6], *map(int, words[1:5]), words[5])
            for run in made.values():
                run()
            print(*made, flush=True)
        elif words[0] == "time":
            run, times, now = made[words[1]], [], time.perf_counter_ns()
            end = now + int(words[2]) * 1_000_000
            while now < end:
                run()
                before, now = now, time.perf_counter_ns()
                times.append(now - before)
            print(*times, flush=True)
        else:
            made[words[1]]().tofile(words[2])
            print("written", flush=True)


main()
