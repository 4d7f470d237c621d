"""Every action of the window as data: id, words, shortcut; the window binds them to its methods."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """An action: translation key of its words, shortcuts, name of the window's method, menu it stands in."""

    id: str
    key: str
    shortcut: str
    method: str
    menu: str


WORKBENCHES = ("planner", "inspector", "command", "briefing", "data", "admin")

ACTIONS: tuple[Action, ...] = (
    *(Action(f"workbench.{name}", f"workbench.{name}", f"Ctrl+{i + 1}", f"go_{name}", "view") for i, name in enumerate(WORKBENCHES)),
    Action("file.open", "action.open", "Ctrl+O", "open_workspace", "file"),
    Action("file.import", "action.import", "Ctrl+I", "import_file", "file"),
    Action("file.streets", "action.streets", "", "attach_streets", "file"),
    Action("file.picture", "action.picture", "Ctrl+Shift+S", "save_picture", "file"),
    Action("file.copy_picture", "action.copy_picture", "Ctrl+Alt+P", "copy_picture", "file"),
    Action("file.print_profile", "action.print_profile", "Ctrl+P", "print_profile", "file"),
    Action("file.settings", "action.settings", "Ctrl+,", "show_settings", "file"),
    Action("file.quit", "action.quit", "Ctrl+Q", "close", "file"),
    Action("edit.undo", "action.undo", "Ctrl+Z", "undo", "edit"),
    Action("edit.redo", "action.redo", "Ctrl+Shift+Z", "redo", "edit"),
    Action("edit.history", "action.history", "Ctrl+H", "show_history", "edit"),
    Action("edit.select_view", "action.select_view", "Ctrl+Shift+A", "select_view", "edit"),
    Action("edit.select_box", "action.select_box", "Ctrl+Shift+B", "tool_box", "edit"),
    Action("edit.select_lasso", "action.select_lasso", "Ctrl+Shift+L", "tool_lasso", "edit"),
    Action("edit.select_polygon", "action.select_polygon", "Ctrl+Shift+P", "tool_polygon", "edit"),
    Action("edit.select_circle", "action.select_circle", "Ctrl+Shift+C", "tool_circle", "edit"),
    Action("edit.select_near", "action.select_near", "Ctrl+Shift+R", "select_near", "edit"),
    Action("edit.select_firm", "action.select_firm", "Ctrl+Shift+F", "select_same_firm", "edit"),
    Action("edit.select_town", "action.select_town", "Ctrl+Shift+T", "select_same_town", "edit"),
    Action("edit.select_invert", "action.select_invert", "Ctrl+Shift+I", "select_invert", "edit"),
    Action("edit.select_none", "action.select_none", "Ctrl+Shift+D", "let_go", "edit"),
    Action("edit.note_point", "action.note_point", "Ctrl+Shift+N", "tool_note_point", "edit"),
    Action("edit.note_line", "action.note_line", "Ctrl+Alt+N", "tool_note_line", "edit"),
    Action("edit.note_area", "action.note_area", "Ctrl+Alt+Shift+N", "tool_note_area", "edit"),
    Action("edit.export", "table.export", "Ctrl+E", "export", "edit"),
    Action("view.search", "action.search", "Ctrl+F", "focus_search", "view"),
    Action("view.palette", "action.palette", "Ctrl+K", "show_palette", "view"),
    Action("view.home", "action.home", "Ctrl+Home", "go_home", "view"),
    Action("view.zoom_in", "action.zoom_in", "Ctrl++", "zoom_in", "view"),
    Action("view.zoom_out", "action.zoom_out", "Ctrl+-", "zoom_out", "view"),
    Action("view.back", "action.back", "Alt+Left", "view_back", "view"),
    Action("view.forward", "action.forward", "Alt+Right", "view_forward", "view"),
    Action("view.length", "action.length", "Ctrl+M", "tool_line", "view"),
    Action("view.area", "action.area", "Ctrl+Shift+M", "tool_area", "view"),
    Action("view.bookmarks", "action.bookmarks", "Ctrl+B", "show_bookmarks", "view"),
    Action("view.bookmark", "action.bookmark", "Ctrl+Alt+B", "add_bookmark", "view"),
    Action("view.overview", "action.overview", "F6", "toggle_overview", "view"),
    Action("view.second", "action.second", "F4", "toggle_second", "view"),
    Action("view.coordinates", "action.coordinates", "Ctrl+Shift+K", "choose_coordinates", "view"),
    Action("view.copy_place", "action.copy_place", "Ctrl+Alt+C", "copy_place", "view"),
    Action("view.left", "action.left", "F7", "toggle_left", "view"),
    Action("view.right", "action.right", "F8", "toggle_right", "view"),
    Action("view.table", "action.table", "F9", "toggle_table", "view"),
    Action("view.stats", "action.stats", "Ctrl+F9", "toggle_stats", "view"),
    Action("view.features", "action.features", "Ctrl+F6", "list_features", "view"),
    Action("view.theme", "action.theme", "Ctrl+T", "next_theme", "view"),
    Action("view.lang", "action.lang", "Ctrl+L", "switch_lang", "view"),
    Action("view.as_of", "action.as_of", "Ctrl+D", "choose_day", "view"),
    Action("view.today", "action.today", "Ctrl+Alt+D", "back_to_today", "view"),
    Action("view.full", "action.full", "F11", "toggle_full_screen", "view"),
    Action("help.shortcuts", "action.shortcuts", "F1", "show_shortcuts", "help"),
    Action("help.about", "action.about", "", "show_about", "help"),
)
