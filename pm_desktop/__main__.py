"""``python -m pm_desktop``: the window without arguments, the command line with them."""

if __name__ == "__main__":
    # imported here only: spawned helper processes import this module again and must start fast
    from pm_desktop.cli import main

    main()
