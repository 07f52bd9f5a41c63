"""What is kept for its time and then erased (R38, R142): rows are emptied of persons, files deleted, and the
register says what went, when and under which rule. The chains of events stay whole."""
