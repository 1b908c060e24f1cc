//! What is sent of a script or a style: all but comment lines, indentation and empty lines, which are half of
//! it and mean nothing to a browser. `tests/console/lean.mjs` does the same and compares what scripts mean.

pub(super) fn lean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        if is_comment {
            is_comment = !line.ends_with("*/");
        } else if line.starts_with("/*") && !line.contains("*/") {
            is_comment = true;
        } else if !(line.is_empty()
            || line.starts_with("//")
            || line.starts_with("/*") && line.ends_with("*/"))
        {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::lean;

    #[test]
    fn comment_lines_indentation_and_empty_lines_are_left_out_and_code_stays() {
        let text = "// why\n\n/** @param {string} a */\n/**\n * @returns {string}\n */\nexport function f(a) {\n  \
                    const b = a; // stays\n  /* one */\n  return `${b} // no comment`;\n}\n";
        assert_eq!(
            lean(text),
            "export function f(a) {\nconst b = a; // stays\nreturn `${b} // no comment`;\n}\n"
        );
    }
}
