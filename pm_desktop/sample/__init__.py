"""The sample district (示例数据): generated, deterministic, clearly labelled."""
