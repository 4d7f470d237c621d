"""The promised command line (docs/cli.md): everything that the window can, for scripts and scheduled work.

With ``--json`` a command prints one JSON object on standard output and nothing else there. Exit codes: 0 done, 2 wrong
usage, 3 input refused whole, 4 not allowed in this state, 5 a component is missing.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from pm_desktop import __version__
from pm_desktop.base import paths
from pm_desktop.base.errors import OF_FILES, ComponentMissing, PmError, UsageError, of_system
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.consolidation.facts import Posts
from pm_desktop.domain.enums import MergerKind

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="浦东新区住宅物业监管 GIS · property management oversight of Pudong")
crs_app = typer.Typer(help="坐标系统：识别与换算 · coordinate systems: detect and convert")
streets_app = typer.Typer(help="街道图包：生成与挂接 · street packs: build and attach")
audit_app = typer.Typer(help="审计链 · audit chain")
app.add_typer(crs_app, name="crs")
app.add_typer(streets_app, name="streets")
app.add_typer(audit_app, name="audit")
export_app = typer.Typer(help="导出 · what leaves the workspace")
app.add_typer(export_app, name="export")
plan_app = typer.Typer(help="归并方案 · consolidation plans")
app.add_typer(plan_app, name="plan")

Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象 · print one JSON object")]
Into = Annotated[str, typer.Option("--into", help="工作区 · workspace")]
In = Annotated[str, typer.Option("--in", help="工作区 · workspace")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="截至某日 · as of a past day, YYYY-MM-DD")]
To = Annotated[str, typer.Option("--to", help="工作区 · workspace")]


class ConsoleContext(JobContext):
    """Progress on standard error, one line that is rewritten; silent where nobody looks."""

    def __init__(self) -> None:
        self._shown = -1

    def progress(self, fraction: float, note: str = "") -> None:
        """Show whole per cents on a terminal."""
        percent = int(fraction * 100)
        if sys.stderr.isatty() and percent != self._shown:
            self._shown = percent
            end = "\n" if percent >= 100 else ""
            sys.stderr.write(f"\r{percent:3d} % {note:<40}{end}")
            sys.stderr.flush()


def _say(result: Any, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")
        return
    from rich.console import Console
    from rich.pretty import Pretty

    console = Console(soft_wrap=True)
    rows = result if isinstance(result, list) else [result]
    for row in rows:
        if isinstance(row, dict):
            for key, value in row.items():
                console.print(f"[bold]{key}[/bold]: ", end="")
                console.print(value if isinstance(value, str) else Pretty(value), markup=False)
        else:
            console.print(Pretty(row))


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    basedir: Annotated[Path | None, typer.Option(help="所有可写路径的根目录 · root of every writable path")] = None,
    version: Annotated[bool, typer.Option("--version", help="版本 · version")] = False,
) -> None:
    """Open the window on the sample workspace (without a display: leave its pictures in out/)."""
    if basedir:
        paths.set_basedir(basedir)
    if version:
        sys.stdout.write(f"pm_desktop {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from pm_desktop.app import run

        raise typer.Exit(run(None))


@app.command("open")
def open_(workspace: str) -> None:
    """打开工作区窗口 · open the window on a workspace."""
    from pm_desktop.app import run

    raise typer.Exit(run(workspace))


@app.command()
def new(
    workspace: str,
    sample: Annotated[bool, typer.Option("--sample", help="生成示例数据 · fill with the sample district")] = False,
    scale: Annotated[float, typer.Option(min=0.001, max=1000, help="倍数 · times 3,000 compounds: below 1 fewer, from 2 on more districts")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="随机种子 · seed")] = None,
    complaints: Annotated[int | None, typer.Option(min=0, help="投诉数量 · number of complaints")] = None,
    as_json: Json = False,
) -> None:
    """新建工作区 · make a workspace, empty or with the sample district."""
    from pm_desktop.workspace.new import new_workspace

    if not sample and (scale != 1.0 or seed is not None or complaints is not None):
        raise UsageError("sample_missing", Label("--scale、--seed、--complaints 只用于示例数据",
                                                 "--scale, --seed and --complaints belong to the sample"),
                         Label("请加上 --sample", "add --sample"))
    _say(new_workspace(ConsoleContext(), workspace, sample=sample, scale=scale, seed=seed, complaints=complaints),
         as_json)


@app.command()
def info(workspace: str, as_of: AsOf = None, as_json: Json = False) -> None:
    """工作区概况 · counts and sources of a workspace, of today or of a past day."""
    from pm_desktop.workspace.workspace import Workspace

    day = _day(as_of)
    opened = Workspace.open(workspace)
    try:
        _say(opened.info(day), as_json)
    finally:
        opened.close()


@app.command("import")
def import_(
    file: str,
    into: Into,
    as_: Annotated[str | None, typer.Option("--as", help="导入为 · what the rows are")] = None,
    crs: Annotated[str, typer.Option(help="auto | EPSG:n | GCJ-02 | BD-09")] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="试算，不入库 · count, store nothing")] = False,
    as_json: Json = False,
) -> None:
    """导入文件 · bring a file in; rows at fault are listed, the rest is stored."""
    from pm_desktop.intake.importer import import_file

    _say(import_file(ConsoleContext(), into, file, as_, crs, dry_run), as_json)


@app.command()
def batches(workspace: str, as_json: Json = False) -> None:
    """导入批次 · the import batches of a workspace."""
    from pm_desktop.intake.importer import list_batches

    _say(list_batches(workspace), as_json)


@app.command()
def rollback(batch: str, in_: In, as_json: Json = False) -> None:
    """回滚批次 · take an import batch back."""
    from pm_desktop.intake.importer import rollback_batch

    _say(rollback_batch(ConsoleContext(), in_, batch), as_json)


@crs_app.command("detect")
def crs_detect(
    file: str,
    in_: Annotated[str | None, typer.Option("--in", help="以其街镇边界核对 · compare with the towns of this workspace")] = None,
    as_json: Json = False,
) -> None:
    """识别坐标系 · tell which coordinate system a file is in."""
    from pm_desktop.intake.importer import detect_file

    _say(detect_file(file, in_), as_json)


@crs_app.command("convert", context_settings={"ignore_unknown_options": True})
def crs_convert(
    lon: float,
    lat: float,
    source: Annotated[str, typer.Option("--from", help="GCJ-02 | BD-09 | EPSG:n")],
    target: Annotated[str, typer.Option("--to", help="GCJ-02 | BD-09 | EPSG:n")],
    as_json: Json = False,
) -> None:
    """坐标换算 · convert one position (to 1e-9°)."""
    from pm_desktop.base import crs

    _say(crs.crs_convert(source, target, lon, lat), as_json)


@streets_app.command("build")
def streets_build(
    file: Path,
    out: Annotated[Path, typer.Option(help="图包文件 · the pack to write")],
    clip: Annotated[str | None, typer.Option(help="西,南,东,北 或面文件 · w,s,e,n or a polygon file")] = None,
    as_json: Json = False,
) -> None:
    """由 .osm.pbf 生成街道图包 · build a street pack."""
    from pm_desktop.streets.osm import build_from_pbf

    _say(build_from_pbf(ConsoleContext(), file, out, clip=clip), as_json)


@streets_app.command("attach")
def streets_attach(pack: Path, to: To, as_json: Json = False) -> None:
    """挂接底图 · attach a street pack or a raster base (MBTiles, PMTiles) to a workspace."""
    from pm_desktop.workspace.workspace import Workspace

    opened = Workspace.open(to)
    try:
        _say({"attached": str(opened.attach_streets(pack))}, as_json)
    finally:
        opened.close()


@audit_app.command("verify")
def audit_verify(in_: In, as_json: Json = False) -> None:
    """校验审计链 · verify the audit chain."""
    from pm_desktop.workspace.workspace import Workspace

    opened = Workspace.open(in_)
    try:
        verdict = opened.verify_audit()
        _say({"ok": verdict.ok, "rows": verdict.rows, "first_bad_row": verdict.first_bad_row, "anchored": verdict.anchored}, as_json)
    finally:
        opened.close()


@export_app.command("pdf")
def export_pdf(
    in_: In,
    out: Annotated[Path, typer.Option(help="PDF 文件 · the PDF to write")],
    compound: Annotated[str | None, typer.Option(help="小区编码或名称 · code or name of a compound")] = None,
    firm: Annotated[str | None, typer.Option(help="企业编码、信用代码或名称 · code, credit code or name of a firm")] = None,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """档案一页纸 · the profile of a compound or a firm on one page of A4."""
    from pm_desktop.export.profilepage import export_page
    from pm_desktop.storage.past import past
    from pm_desktop.workspace.workspace import Workspace

    if (compound is None) == (firm is None):
        raise UsageError("page_of_what", Label("请指定 --compound 或 --firm 之一", "name one of --compound and --firm"),
                         Label("例如 --compound PD-0001", "e.g. --compound PD-0001"))
    if lang not in ("zh", "en"):
        raise UsageError("lang_unknown", Label(f"没有语言“{lang}”", f"there is no language {lang!r}"), Label("可选：zh、en", "choose zh or en"))
    opened = Workspace.open(in_)
    try:
        packs = [str(p) for p in opened.street_packs()]
        _say(export_page(ConsoleContext(), past(opened.location, _day(as_of)), str(out), packs, lang, opened.title, opened.is_sample,  # type: ignore[arg-type]
                         compound=compound, firm=firm), as_json)
    finally:
        opened.close()


@plan_app.command("vote")
def plan_vote(
    file: Annotated[str | None, typer.Option(help="表决数据 CSV 或 XLSX · votes as CSV or XLSX")] = None,
    roll: Annotated[str | None, typer.Option(help="或：业主清册 · or: the owner roll")] = None,
    ballots: Annotated[str | None, typer.Option(help="与表决票清单 · and the ballots")] = None,
    closes: Annotated[str | None, typer.Option(help="截止时间 · when the vote closes, YYYY-MM-DD HH:MM")] = None,
    threshold: Annotated[str, typer.Option(help="HALF | THREE_QUARTER")] = "HALF",
    as_json: Json = False,
) -> None:
    """表决计算 · tell of every vote of a file, or of a roll and its ballots, whether it passes and what it lacks."""
    from pm_desktop.workspace.poll import judge_poll, poll_lines
    from pm_desktop.workspace.votes import as_lines, judge_file

    if file is not None and roll is ballots is closes is None:
        answer, lines = judge_file(file), as_lines
    elif file is None and roll is not None and ballots is not None and closes is not None:
        answer, lines = judge_poll(roll, ballots, closes, threshold), poll_lines
    else:
        raise UsageError("votes_of_what", Label("请给出 --file，或 --roll、--ballots、--closes 三项", "give --file, or all of --roll, --ballots and --closes"),
                         Label("见 pm-desktop plan vote --help", "see pm-desktop plan vote --help"))
    if as_json:
        _say(answer, True)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines(answer)))


@plan_app.command("score")
def plan_score(
    in_: In,
    members: Annotated[str, typer.Option(help="区域编码或名称，逗号分隔 · codes or names of zones, comma separated")],
    kind: Annotated[MergerKind, typer.Option(help="区域合并或管理归并 · zone merger or joined management")],
    posts: Annotated[str | None, typer.Option(help="归并后岗位：24小时岗,12小时岗 · posts after the merger: 24H,12H")] = None,
    unified_fee: Annotated[str | None, typer.Option("--unified-fee", help="统一收费，元/㎡·月 · one fee for all, CNY/㎡·month")] = None,
    as_json: Json = False,
) -> None:
    """关口、评分、人员与收支 · gates, score, staff and money of a plan (an estimate, not audited)."""
    from pm_desktop.workspace.planlines import as_lines
    from pm_desktop.workspace.planscore import score_plan

    answer = score_plan(ConsoleContext(), in_, members.split(","), kind, _posts(posts), _fee(unified_fee))
    if as_json:
        _say(answer, True)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in as_lines(answer)))


@app.command()
def shot(
    workspace: Annotated[str, typer.Option(help="工作区 · workspace")],
    out: Annotated[Path, typer.Option(help="图片文件 · the PNG to write")],
    workbench: Annotated[str, typer.Option(help="planner | inspector | command | briefing | data | admin")] = "planner",
    size: Annotated[str, typer.Option(help="宽x高 · WxH in pixels")] = "1920x1080",
    scale: Annotated[float, typer.Option(min=0.5, max=4, help="缩放 · device pixel ratio")] = 1.0,
    theme: Annotated[str, typer.Option(help="light | dark | contrast")] = "light",
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
    center: Annotated[str | None, typer.Option(help="经度,纬度 · LON,LAT")] = None,
    zoom: Annotated[float | None, typer.Option(help="缩放级别 · zoom level", min=3, max=21)] = None,
    layers: Annotated[str | None, typer.Option(help="图层，逗号分隔，可写 图层:着色依据 · layers, comma separated, each id or id:option")] = None,
    select: Annotated[str | None, typer.Option(help="选中的小区 · id, code or name of a compound")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """渲染界面图片 · picture of any state, waiting until it is complete."""
    from pm_desktop.app import Shot, shoot

    request = Shot(workspace=workspace, out=out, workbench=workbench, size=_size(size), scale=scale, theme=theme,
                   lang=lang, center=_position(center), zoom=zoom, layers=tuple(layers.split(",")) if layers else None,
                   select=select, as_of=_day(as_of))
    _say(shoot(request), as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """逐项自检 · check component by component."""
    from pm_desktop.doctor import run_doctor

    checks = run_doctor()
    if as_json:
        _say({"ok": all(c.ok for c in checks), "components": [
            {"name": c.name, "ok": c.ok, "detail": c.detail, "remedy": c.remedy} for c in checks]}, True)
    else:
        for check in checks:
            mark = "✓" if check.ok else "✗"
            sys.stdout.write(f"{mark} {check.name}: {check.detail}\n")
            if not check.ok and check.remedy:
                sys.stdout.write(f"    → {check.remedy}\n")
    if not all(c.ok for c in checks):
        raise typer.Exit(5)


@app.command()
def bench(
    name: Annotated[str | None, typer.Argument(help="某一项 · one benchmark; none: all")] = None,
    large: Annotated[bool, typer.Option("--large", help="另测 30 万小区 · also 300,000 compounds")] = False,
    small: Annotated[bool, typer.Option("--small", help="极小数据，仅试运行 · a tiny district, to try it out")] = False,
    as_json: Json = False,
) -> None:
    """性能对照 · measure beside QGIS, DuckDB, datashader and numpy where they are installed."""
    import subprocess

    cases = paths.repo_root() / "benchmarks" / "cases"
    if not cases.is_dir():
        raise ComponentMissing("benchmarks_missing", Label("安装版不含 benchmarks 文件夹", "an installed program has no folder benchmarks"),
                               Label("请在源码目录运行 pm-desktop bench", "run pm-desktop bench in a source checkout"))
    known = sorted(p.stem for p in cases.glob("[a-z]*.py"))
    if name is not None and name not in known:
        raise UsageError("bench_unknown", Label(f"没有“{name}”这一项", f"there is no benchmark {name!r}"),
                         Label(f"可选：{'、'.join(known)}", f"choose one of {', '.join(known)}"))
    wanted = [*([name] if name else []), *(["--large"] if large else []), *(["--small"] if small else []), *(["--json"] if as_json else [])]
    raise typer.Exit(subprocess.run([sys.executable, "-m", "benchmarks.run", *wanted], cwd=paths.repo_root(), check=False).returncode)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("day_wrong", Label(f"日期“{text}”无效", f"day {text!r} is not valid"),
                         Label("请写成 年-月-日，例如 2024-06-30", "write it as YYYY-MM-DD, e.g. 2024-06-30")) from None


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        width = height = 0
    if not (320 <= width <= 16384 and 240 <= height <= 16384):
        raise UsageError("size_wrong", Label(f"尺寸“{text}”无效", f"size {text!r} is not valid"),
                         Label("请写成 宽x高，例如 1920x1080", "write it as WxH, e.g. 1920x1080"))
    return width, height


def _posts(text: str | None) -> Posts | None:
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != 2 or not all(p.strip().isascii() and p.strip().isdigit() and len(p.strip()) <= 4 for p in parts):
        raise UsageError("posts_wrong", Label(f"岗位“{text}”无效", f"posts {text!r} are not valid"),
                         Label("请写成 24小时岗,12小时岗，例如 2,2", "write them as 24H,12H, e.g. 2,2"))
    return Posts(int(parts[0]), int(parts[1]))


def _fee(text: str | None) -> Decimal | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", text):
        raise UsageError("fee_wrong", Label(f"收费“{text}”无效", f"fee {text!r} is not valid"),
                         Label("请写成元/㎡·月，最多四位小数，例如 1.15", "write CNY/㎡·month with at most four places, e.g. 1.15"))
    return Decimal(text)


def _position(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        lon = lat = 999.0
    if not (-180 <= lon <= 180 and -85 <= lat <= 85):
        raise UsageError("position_wrong", Label(f"位置“{text}”无效", f"position {text!r} is not valid"),
                         Label("请写成 经度,纬度，例如 121.52,31.22", "write it as LON,LAT, e.g. 121.52,31.22"))
    return lon, lat


def _refuse(error: PmError, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps(error.as_json(), ensure_ascii=False) + "\n")
    else:
        place = " · ".join(f"{k} {v}" for k, v in (("file", error.where.file), ("row", error.where.row),
                                                  ("field", error.where.field)) if v is not None)
        sys.stderr.write(f"{error.message.zh} · {error.message.en}\n")
        if place:
            sys.stderr.write(f"  {place}\n")
        sys.stderr.write(f"  → {error.remedy.zh} · {error.remedy.en}\n")
    return error.exit_code


def _guarded(call: Callable[[], Any], as_json: bool) -> int:
    try:
        result = call()
        return result if isinstance(result, int) else 0
    except PmError as error:
        return _refuse(error, as_json)
    except OSError as error:
        if error.errno not in OF_FILES:
            raise
        return _refuse(of_system(error), as_json)


def main(argv: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    args = sys.argv[1:] if argv is None else argv
    as_json = "--json" in args
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = _guarded(lambda: _call(args, as_json), as_json)
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _call(args: list[str], as_json: bool) -> int:
    command = typer.main.get_command(app)
    try:
        result = command.main(args=args, prog_name="pm-desktop", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except Exception as error:
        # the parser's own refusals carry an exit code and a text; everything else is a fault of ours
        if not hasattr(error, "format_message"):
            raise
        if not as_json:
            error.show()  # type: ignore[attr-defined]
            return int(getattr(error, "exit_code", 2))
        text = error.format_message()
        raise UsageError("usage", Label(text, text), Label("见 pm-desktop --help", "see pm-desktop --help")) from None
