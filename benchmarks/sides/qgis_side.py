"""The QGIS side: started with the system's Python, draws what it is asked for and answers with milliseconds.

One JSON object a line comes in, one goes out. It knows nothing of this project: GeoPackage and style are given.
"""

import json
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
BEGAN = time.perf_counter()

from qgis.core import (  # noqa: E402
    Qgis,
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGeometry,
    QgsLineSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsNullSymbolRenderer,
    QgsPalLayerSettings,
    QgsPointXY,
    QgsProject,
    QgsProperty,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsRendererCategory,
    QgsSettings,
    QgsSimpleLineSymbolLayer,
    QgsSymbolLayer,
    QgsTextBackgroundSettings,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QSize, QSizeF, Qt  # noqa: E402
from qgis.PyQt.QtGui import QColor, QFont  # noqa: E402

PIXELS = QgsUnitTypes.RenderPixels


OWN_COLOUR = "if(\"colour\" = '', @symbol_color, \"colour\")"
CAPS = {"round": Qt.RoundCap, "flat": Qt.FlatCap}


def symbol(entry, kind):
    """Symbol of one class."""
    if kind == "point":
        return QgsMarkerSymbol.createSimple({"name": entry["shape"], "color": entry["point"], "outline_color": entry.get("line", "#ffffff"),
                                             "outline_width": str(entry.get("width", 2)), "outline_width_unit": "Pixel", "size": str(entry["size"]), "size_unit": "Pixel"})
    if kind == "fill":
        fill = QColor(entry["fill"])
        fill.setAlphaF(entry.get("opacity", 1.0))
        made = QgsFillSymbol.createSimple({"color": fill.name(QColor.HexArgb), "outline_style": "solid" if "line" in entry else "no",
                                           "outline_color": entry.get("line", "#000000"), "outline_width": str(entry.get("width", 0)),
                                           "outline_width_unit": "Pixel", "style": "no" if entry.get("pattern") == "none" else "solid"})
        made.symbolLayer(0).setFillColor(fill)
        return made
    made = QgsLineSymbol()
    made.deleteSymbolLayer(0)
    for each in entry["strokes"]:
        made.appendSymbolLayer(stroke(each))
    return made


def stroke(look):
    """One stroke of a line symbol, drawn in the pass of its level."""
    made = QgsSimpleLineSymbolLayer(QColor(look["line"]), look["width"])
    made.setWidthUnit(PIXELS)
    made.setPenCapStyle(CAPS[look["cap"]])
    made.setPenJoinStyle(Qt.RoundJoin)
    made.setRenderingPass(look["level"])
    if look["dash"]:
        made.setUseCustomDashPattern(True)
        made.setCustomDashPatternUnit(PIXELS)
        made.setCustomDashVector(look["dash"])
    return made


def vector_layer(gpkg, entry):
    """Layer of one table with filter, renderer and names."""
    layer = QgsVectorLayer(f"{gpkg}|layername={entry['table']}", entry["table"], "ogr")
    if not layer.isValid():
        raise SystemExit(f"no layer {entry['table']} in {gpkg}")
    classes = entry["classes"]
    values = entry.get("values") or [c["value"] for c in classes]
    if values:
        layer.setSubsetString(f'"sym" IN ({",".join(str(v) for v in values)})')
    if classes:
        kind = "point" if "point" in classes[0] else "fill" if "fill" in classes[0] else "line"
        categories = []
        for c in classes:
            made = symbol(c, kind)
            if c.get("own_colour") or entry.get("own_colour"):
                top = made.symbolLayer(made.symbolLayerCount() - 1)
                top.setDataDefinedProperty(QgsSymbolLayer.PropertyStrokeColor, QgsProperty.fromExpression(OWN_COLOUR))
            categories.append(QgsRendererCategory(c["value"], made, str(c["value"])))
        renderer = QgsCategorizedSymbolRenderer("sym", categories)
        renderer.setUsingSymbolLevels(bool(entry.get("levels")))
        layer.setRenderer(renderer)
    else:
        layer.setRenderer(QgsNullSymbolRenderer())
    if "label" in entry:
        layer.setLabeling(QgsVectorLayerSimpleLabeling(names(entry["label"])))
        layer.setLabelsEnabled(True)
    return layer


def names(look):
    """Settings of the names of a layer."""
    font = QFont("Noto Sans CJK SC")
    font.setBold(look.get("bold", False))
    text = QgsTextFormat()
    text.setFont(font)
    text.setSize(look["size"])
    text.setSizeUnit(PIXELS)
    text.setColor(QColor(look["colour"]))
    halo = QgsTextBufferSettings()
    halo.setEnabled("plate" not in look)
    halo.setSize(1.5)
    halo.setSizeUnit(PIXELS)
    halo.setColor(QColor(look["halo"]))
    text.setBuffer(halo)
    if "plate" in look:
        plate = text.background()
        plate.setEnabled(True)
        plate.setType(QgsTextBackgroundSettings.ShapeRectangle)
        plate.setSizeType(QgsTextBackgroundSettings.SizeBuffer)
        plate.setSize(QSizeF(3, 1))
        plate.setSizeUnit(PIXELS)
        plate.setFillColor(QColor(look["plate"]))
        text.setBackground(plate)
        text.setColor(QColor("#ffffff"))
    settings = QgsPalLayerSettings()
    settings.fieldName = look.get("field", "name")
    settings.setFormat(text)
    if look["along"]:
        settings.placement = QgsPalLayerSettings.Curved
        settings.placementFlags = QgsPalLayerSettings.OnLine
    else:
        settings.placement = QgsPalLayerSettings.Horizontal if "plate" in look else QgsPalLayerSettings.OverPoint
    return settings


class Side:
    """The maps that were asked for, kept open as a project would keep them."""

    def __init__(self):
        self.layers = {}

    def load(self, key, gpkg, style):
        """Open the layers of a map; QGIS lists them from the top."""
        began = time.perf_counter()
        self.layers[key] = ([vector_layer(gpkg, entry) for entry in reversed(style["layers"])], style["background"])
        return {"ms": (time.perf_counter() - began) * 1000}

    def draw(self, key, extent, size, out=None):
        """Draw a map from nothing."""
        layers, background = self.layers[key]
        settings = QgsMapSettings()
        settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
        settings.setLayers(layers)
        settings.setExtent(QgsRectangle(*extent))
        settings.setOutputSize(QSize(*size))
        settings.setOutputDpi(96)
        settings.setBackgroundColor(QColor(background))
        # as its own window has it: lines and areas are simplified to a pixel while they are read
        settings.setFlag(QgsMapSettings.UseRenderingOptimization)
        began = time.perf_counter()
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        picture = job.renderedImage()
        spent = (time.perf_counter() - began) * 1000
        if out:
            picture.save(out)
        return {"ms": spent}

    def project(self, key, extent, out):
        """Save a map as a project that opens on ``extent``."""
        layers, background = self.layers[key]
        project = QgsProject()
        project.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
        project.setBackgroundColor(QColor(background))
        for layer in reversed(layers):
            project.addMapLayer(layer.clone())
        project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(QgsRectangle(*extent), project.crs()))
        project.write(out)
        return {}

    def pick(self, key, table, places):
        """What lies under each place: features of the spatial index, then the exact test."""
        layer = next(each for each in self.layers[key][0] if each.name() == table)
        spent, found = [], 0
        for x, y in places:
            began = time.perf_counter()
            point = QgsGeometry.fromPointXY(QgsPointXY(x, y))
            request = QgsFeatureRequest(QgsRectangle(x, y, x, y))
            found += sum(1 for feature in layer.getFeatures(request) if feature.geometry().contains(point))
            spent.append((time.perf_counter() - began) * 1000)
        return {"ms": spent, "found": found}

    def answer(self, question):
        """Do what a line asks for."""
        return getattr(self, question.pop("do"))(**question)


def main():
    """Answer line by line until the input ends."""
    application = QgsApplication([], False)
    application.initQgis()
    QgsSettings().setValue("qgis/walForSqlite3", False)  # nobody writes; opening is quicker without
    side = Side()
    print(json.dumps({"ready": (time.perf_counter() - BEGAN) * 1000, "version": Qgis.QGIS_VERSION, "pid": os.getpid()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(side.answer(json.loads(line))), flush=True)
    side.layers.clear()
    application.exitQgis()


main()
